"""The examples of the README, run as they stand there."""

import re
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette

from ac_iomconnector_order_test.cartridge import descriptor
from ac_iomconnector_order_test.middleware import RefereeMiddleware
from iomconnector.cartridges.descriptor import CartridgeStyle

_README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
_EXAMPLES = re.findall(r"```python\n(.*?)```", _README, re.DOTALL)
_OUTPUT = re.findall(r"```text\n(.*?)```", _README, re.DOTALL)


def test_the_first_example_prints_what_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    exec(compile(_EXAMPLES[0], "README.md", "exec"), {})
    assert [capsys.readouterr().out] == _OUTPUT


def test_the_second_example_watches_an_application() -> None:
    names: dict[str, Any] = {}
    exec(compile(_EXAMPLES[1], "README.md", "exec"), names)
    assert isinstance(names["watched"](Starlette(), "2.4", []), RefereeMiddleware)


def test_the_cartridge_is_for_tests_only() -> None:
    assert descriptor.style is CartridgeStyle.TEST
    assert descriptor.display_name == "IOM order test kit"
