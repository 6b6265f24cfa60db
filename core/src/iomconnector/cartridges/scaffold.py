"""Writing a new cartridge from a template: all of it or nothing."""

import importlib.util
import keyword
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from iomconnector.cartridges.descriptor import CartridgeStyle
from iomconnector.cartridges.discovery import installed_cartridges
from iomconnector.cartridges.metadata import installed_projects
from iomconnector.cartridges.templates import FRAME, CartridgeTemplate
from iomconnector.errors import ConnectorError
from iomconnector.suggestion import suggestion

LONGEST_NAME = 40
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", re.ASCII)
_PLACE = "__name__"
_SUFFIX = ".jinja"


class NewCartridgeError(ConnectorError):
    """A cartridge cannot be written as asked for; nothing was written."""

    code = "cartridge.new"
    exit_code = 2


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a new cartridge goes.

    Arguments:
        directory: Its folder is made in here.
        assembly: The name of the assembly that the cartridge is tried in.
        assembly_folder: The directory of that assembly where it is not found from ``directory``.
        workspace: Whether a uv workspace takes up what is written there.
    """

    directory: Path
    assembly: str
    assembly_folder: Path | None = None
    workspace: bool = False


def new_cartridge(
    name: str,
    templates: Sequence[tuple[str, CartridgeTemplate]],
    to: Destination,
    *,
    style: str = "cartridge",
    hook: str = "",
) -> Path:
    """Write a cartridge.

    The templates get the variables ``name``, ``distribution``, ``kebab`` (the name with hyphens), ``camel``,
    ``title``, ``summary``, ``style``, ``hook`` (empty where none was asked for), ``requires``,
    ``environments`` (empty for all), ``assembly``, ``assembly_folder`` and ``workspace``.

    Arguments:
        name: Its name, which is also that of its package.
        templates: Templates with those who offer them; the first one that fits is used.
        to: Where it goes.
        style: A value of :class:`CartridgeStyle`.
        hook: What it shall bind to; the usual hook for that style where empty.

    Returns:
        The folder with the cartridge.

    Raises:
        NewCartridgeError: The name cannot be used or is taken, the folder is there already or cannot be
            written, or no template has that style and hook. Nothing is left behind.
    """
    _check_name(name)
    kind = _style(style)
    template = _template(templates, kind, hook)
    folder = to.directory / name
    if folder.exists() or folder.is_symlink():
        raise NewCartridgeError(f"{folder} is there already.", hint="Remove it, or choose another name.")
    kebab = name.replace("_", "-")
    written = _rendered(
        template,
        name=name,
        distribution=kebab,
        kebab=kebab,
        camel="".join(part.capitalize() for part in name.split("_")),
        title=" ".join(part.capitalize() for part in name.split("_")),
        summary=template.summary,
        style=str(kind),
        hook=hook,
        requires=template.requires,
        environments=_environments(kind),
        assembly=to.assembly,
        assembly_folder=to.assembly_folder,
        workspace=to.workspace,
    )
    _write(folder, dict(written))
    return folder


def _check_name(name: str) -> None:
    if not _NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        folded = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")
        usable = _NAME.fullmatch(folded) and len(folded) <= LONGEST_NAME and not keyword.iskeyword(folded)
        raise NewCartridgeError(
            f'"{name}" is no name for a cartridge.',
            hint=f"Take up to {LONGEST_NAME} lower-case letters, digits, single underscores; a letter first"
            + (f', for example "{folded}".' if usable else "."),
        )
    if keyword.iskeyword(name) or name in keyword.softkwlist:
        raise NewCartridgeError(f'"{name}" is a word of the Python language.', hint="Choose another name.")
    if name in sys.stdlib_module_names:
        raise NewCartridgeError(f'"{name}" is a module of Python.', hint="Choose another name.")
    if name in installed_cartridges():
        raise NewCartridgeError(f'A cartridge "{name}" is installed already.', hint="Choose another name.")
    if name.replace("_", "-") in installed_projects() or importlib.util.find_spec(name) is not None:
        raise NewCartridgeError(
            f'A distribution or module "{name}" is installed already.', hint="Choose another name."
        )


def _style(style: str) -> CartridgeStyle:
    if style not in list(CartridgeStyle):
        mend = suggestion(style, CartridgeStyle) or f"The styles are {', '.join(CartridgeStyle)}."
        raise NewCartridgeError(f'There is no style "{style}".', hint=mend)
    return CartridgeStyle(style)


def _template(
    templates: Sequence[tuple[str, CartridgeTemplate]], style: CartridgeStyle, hook: str
) -> CartridgeTemplate:
    binding = [template for _, template in templates if not hook or hook in template.hooks]
    fitting = [template for template in binding if style in template.styles]
    if fitting:
        return fitting[0]
    if binding:
        styles = ", ".join(sorted({str(each) for template in binding for each in template.styles}))
        raise NewCartridgeError(
            f'No template makes a cartridge of style "{style}" that binds to {hook}.',
            hint=f"Styles: {styles}.",
        )
    known = [each for _, template in templates for each in template.hooks]
    mend = f"There are templates for {', '.join(known)}. {suggestion(hook, known)}".rstrip()
    raise NewCartridgeError(f'No template of this assembly binds to "{hook}".', hint=mend)


def _environments(style: CartridgeStyle) -> tuple[str, ...]:
    of_style: dict[CartridgeStyle, tuple[str, ...]] = {
        CartridgeStyle.CARTRIDGE: (),
        CartridgeStyle.DEVELOPMENT: ("development", "test"),
        CartridgeStyle.TEST: ("development", "test"),
        CartridgeStyle.INIT: ("init",),
    }
    return of_style[style]


def _rendered(template: CartridgeTemplate, **variables: object) -> Iterator[tuple[str, str]]:
    """Path and text of every file."""
    environment = Environment(
        loader=FileSystemLoader([template.folder, FRAME]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - it writes Python, TOML and Markdown
    )
    for source in environment.list_templates():
        file = source.rpartition("/")[2]
        if file.startswith("_") and file.endswith(".md.jinja") and "/" not in source:
            continue
        text = environment.get_template(source).render(variables)
        if text.strip() or file == "py.typed":
            yield source.removesuffix(_SUFFIX).replace(_PLACE, str(variables["name"])), text


def _write(folder: Path, files: dict[str, str]) -> None:
    """Write all files beside their place and move them there in one step."""
    unfinished: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        for path, text in files.items():
            file = unfinished / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        unfinished.chmod(0o755)
        unfinished.rename(folder)
    except OSError as error:
        raise NewCartridgeError(
            f"{folder} cannot be written: {error}.", hint="Choose another directory."
        ) from error
    finally:
        if unfinished is not None:
            shutil.rmtree(unfinished, ignore_errors=True)
