"""What ``iomconnector cartridge`` shows at a terminal of 80 columns."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXPORT = "ac_iomconnector_orderexport"
FACE = f"cartridges/{EXPORT}/src/{EXPORT}/cartridge.py:"


def _lines(*command: str) -> list[str]:
    done = subprocess.run(
        [Path(sys.executable).parent / "iomconnector", "cartridge", *command],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "80"},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("command", "names"),
    [
        ("list", ("bc_order", EXPORT, "ac_iomconnector_orderexport_b2b")),
        ("templates", ("iomconnector_commands", "iomconnector_preparers", "OrderMapper.bindPayment")),
    ],
)
def test_names_stand_whole_at_the_beginning_of_a_line(command: str, names: tuple[str, ...]) -> None:
    lines = _lines(command)
    assert max(map(len, lines)) <= 80
    assert {*names} <= {line.split()[0] for line in lines if line.strip()}


def test_a_cartridge_is_listed_with_where_it_is_from_and_what_it_needs() -> None:
    lines = _lines("list")
    (at,) = (at for at, line in enumerate(lines) if line.startswith(f"{EXPORT} "))
    told = " ".join(" ".join(lines[at : at + 6]).split())
    for part in ("cartridge", "development,", "ac-iomconnector-orderexport 0.1.0", "needs"):
        assert part in told


def test_who_binds_to_a_hook_stands_below_it_with_a_place_that_can_be_copied() -> None:
    lines = _lines("hooks")
    (hook,) = (at for at, line in enumerate(lines) if line.startswith("iomconnector_service_definitions()"))
    assert lines[hook + 1].strip() == (
        "Offer managed services: adapters for the ports, with the configuration they"
    )
    names = [at for at, line in enumerate(lines) if line and not line.startswith(" ")]
    end = next(at for at in [*names, len(lines)] if at > hook)
    below = [line.split() for line in lines[hook + 3 : end]]
    bound = [(part[0], part[1].rstrip("0123456789")) for part in below if len(part) == 2]
    assert (EXPORT, FACE) in bound
    (point,) = (at for at, line in enumerate(lines) if line.startswith("OrderMapper.bindPayment("))
    assert lines[point].endswith(" -> None")


def test_the_walk_says_where_to_name_the_assembly_that_was_not_found(tmp_path: Path) -> None:
    wrote = _lines("new", "shop_ink", "--directory", str(tmp_path), "-a", "none-of-these")
    assert wrote[0].startswith(f"Wrote {tmp_path / 'shop_ink'}.")
    readme = (tmp_path / "shop_ink" / "README.md").read_text()
    kept = "${IOMC_ASSEMBLY_PATH:+:$IOMC_ASSEMBLY_PATH}"
    assert f"$ export IOMC_ASSEMBLY_PATH=/path/to/your/assemblies{kept}\n" in readme
    _lines("new", "shop_pen", "--directory", str(tmp_path))
    readme = (tmp_path / "shop_pen" / "README.md").read_text()
    assert f"$ export IOMC_ASSEMBLY_PATH={ROOT / 'assemblies'}{kept}\n" in readme
