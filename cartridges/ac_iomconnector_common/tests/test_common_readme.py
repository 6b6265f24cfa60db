"""The README tells of every setting, and its example runs."""

import re
from pathlib import Path
from typing import Any

from ac_iomconnector_common.connection import ConnectionSettings
from ac_iomconnector_common.endpoint import EndpointSettings

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_example_runs() -> None:
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example is not None
    names: dict[str, Any] = {"__name__": "example"}
    exec(compile(example[1], "README.md", "exec"), names)
    assert names["configuration"].availability_on_failure is True
    assert names["configuration"].shop_id == 10020


def test_every_setting_is_explained() -> None:
    settings = [*ConnectionSettings.model_fields, *EndpointSettings.model_fields]
    assert [name for name in settings if f"`{name}`" not in README] == []
