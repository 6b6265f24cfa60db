"""The template for ``cartridge new --hook OrderMapper...``: what it writes is clean and has its effect."""

import subprocess
import sys
from pathlib import Path

import pytest

from ac_iomconnector_orderexport.cartridge_template import ORDER_MAPPER
from ac_iomconnector_orderexport.extension_points import EXTENSION_POINTS
from iomconnector.cartridges.loading import load_cartridges
from iomconnector.cartridges.scaffold import LONGEST_NAME, Destination, new_cartridge

CHOICES = [(str(style), hook) for style in ORDER_MAPPER.styles for hook in ("", *ORDER_MAPPER.hooks)]


def test_the_cartridge_offers_it() -> None:
    offered = load_cartridges(["ac_iomconnector_orderexport"]).collect("iomconnector_cartridge_templates")
    assert offered == [("ac_iomconnector_orderexport", ORDER_MAPPER)]
    assert {*ORDER_MAPPER.hooks} <= {point.name for point in EXTENSION_POINTS}


@pytest.mark.parametrize("name", ["psp", "p" * LONGEST_NAME])
def test_everything_that_it_writes_is_clean(tmp_path: Path, name: str) -> None:
    for at, (style, hook) in enumerate(CHOICES):
        new_cartridge(
            name, [("", ORDER_MAPPER)], Destination(tmp_path / str(at), "x"), style=style, hook=hook
        )
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [Path(sys.executable).parent / "ruff", *command, "."],
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("hook", ORDER_MAPPER.hooks)
def test_its_mapping_changes_the_document(tmp_path: Path, hook: str) -> None:
    folder = new_cartridge("acme_psp", [("", ORDER_MAPPER)], Destination(tmp_path, "x"), hook=hook)
    info = folder / "src" / "acme_psp-0.1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.4\nName: acme-psp\nVersion: 0.1.0\n")
    (info / "entry_points.txt").write_text("[iomconnector.cartridges]\nacme_psp = acme_psp.cartridge\n")
    program = (
        f"import sys; sys.path.insert(0, {str(folder / 'src')!r}); import pytest; "
        "sys.exit(pytest.main(['-q', '-p', 'no:cacheprovider']))"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=folder, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
