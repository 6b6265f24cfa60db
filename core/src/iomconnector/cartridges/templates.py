"""Templates from which ``cartridge new`` writes a cartridge; any cartridge may offer some."""

from dataclasses import dataclass
from pathlib import Path

from iomconnector.cartridges.descriptor import CartridgeStyle

SCAFFOLDS = Path(__file__).parent / "scaffolds"
FRAME = SCAFFOLDS / "frame"
"""The files that every new cartridge has."""


@dataclass(frozen=True, slots=True)
class CartridgeTemplate:
    """A folder of Jinja2 templates that makes a cartridge with one effect that people can see.

    Its files are laid over those of :data:`FRAME`. ``__name__`` in their paths becomes the name of the
    cartridge, ``.jinja`` is dropped, a file that comes out empty is not written. ``_effect.md.jinja`` and
    ``_files.md.jinja`` go into the README: how to see the effect, and what the files are. The variables are
    those of :func:`iomconnector.cartridges.scaffold.new_cartridge`.

    Arguments:
        name: Its name.
        summary: What the new cartridge does, a sentence.
        folder: The folder.
        hooks: The hooks and extension points from which ``--hook`` chooses; the first is the usual one.
        requires: The distributions that the new cartridge needs, the framework included.
        styles: The styles that a cartridge of it may have.
    """

    name: str
    summary: str
    folder: Path
    hooks: tuple[str, ...]
    requires: tuple[str, ...] = ("iomconnector",)
    styles: tuple[CartridgeStyle, ...] = (
        CartridgeStyle.CARTRIDGE,
        CartridgeStyle.DEVELOPMENT,
        CartridgeStyle.TEST,
    )


CORE_TEMPLATES = (
    CartridgeTemplate(
        "tally",
        "counts the orders by the state of their export.",
        SCAFFOLDS / "tally",
        ("iomconnector_commands", "iomconnector_routers"),
    ),
    CartridgeTemplate(
        "content",
        "puts an organization with a channel into the database.",
        SCAFFOLDS / "content",
        ("iomconnector_preparers",),
        styles=tuple(CartridgeStyle),
    ),
)
"""Those of the core; the first one is written where nothing is asked for."""
