"""What the README shows runs, and what it lists is complete."""

import re
from pathlib import Path
from typing import Any

from ac_iomconnector_common.connection import ConnectionSettings
from ac_iomconnector_common.endpoint import EndpointSettings
from ac_iomconnector_orderexport.configuration import OrderExportConfiguration
from ac_iomconnector_orderexport.extension_points import EXTENSION_POINTS
from ac_iomconnector_orderexport.testing.mapping import map_order
from ac_iomconnector_orderexport.testing.samples import full_order

README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def test_the_examples_run() -> None:
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert len(blocks) == 2
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, "README.md", "exec"), names)
    assert names["mapped"].notes == ()
    assert names["descriptor"].display_name == "ACME Payment"
    other = map_order(full_order(), *[("acme_payment", each) for each in names["iomconnector_extensions"]()])
    assert "paymentProviderRefNo" not in other.document["payment"]


def test_every_setting_and_extension_point_is_listed() -> None:
    shared = {*ConnectionSettings.model_fields, *EndpointSettings.model_fields}
    own = set(OrderExportConfiguration.model_fields) - shared
    listed = set(re.findall(r"^\| `(\w+)` \|", README, flags=re.MULTILINE))
    assert listed == own
    points = re.findall(r"^\| `(OrderMapper\.\w+)` \|.*\| `(.*)` \|$", README, flags=re.MULTILINE)
    assert dict(points) == {point.name: ", ".join(point.parameters) for point in EXTENSION_POINTS}
