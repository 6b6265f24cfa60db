"""The stand-in as a cartridge, and that it judges by its own reading of the contract."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib.metadata import entry_points
from pathlib import Path

from dev_iomconnector_iom import ApiVersion, StandInConfig
from iomconnector.cartridges.descriptor import CartridgeDescriptor, CartridgeStyle

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_it_is_found_as_a_development_cartridge() -> None:
    (entry,) = entry_points(group="iomconnector.cartridges", name="dev_iomconnector_iom")
    descriptor = entry.load().descriptor
    assert isinstance(descriptor, CartridgeDescriptor)
    assert descriptor.style is CartridgeStyle.DEVELOPMENT


def test_it_shares_no_code_with_what_it_judges() -> None:
    program = (
        "import sys, dev_iomconnector_iom.cli, dev_iomconnector_iom.web.routes\n"
        "print([name for name in sys.modules if name.startswith(('iomconnector', 'ac_'))])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_configuration_in_the_readme_is_valid() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    assert StandInConfig.model_validate(tomllib.loads(example)).api_version is ApiVersion.V2_2


def test_the_example_in_the_readme_runs() -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    subprocess.run([sys.executable, "-W", "error", "-c", example], check=True, timeout=20)
