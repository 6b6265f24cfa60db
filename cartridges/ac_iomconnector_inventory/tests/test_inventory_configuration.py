"""What the settings of the service refuse."""

from typing import Any

import pytest
from pydantic import ValidationError

from ac_iomconnector_inventory.configuration import InventoryConfiguration, LocationRule

VALUES = {"base_url": "https://iom.example.com", "shop_id": 10020, "user": "shop", "password": "secret words"}


def test_the_defaults_are_those_of_the_connector() -> None:
    configuration = InventoryConfiguration.model_validate(VALUES)
    assert (configuration.availability_cache, configuration.check_on_failure) == (5, False)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"authentication": "bearer_token", "token": "abc"}, "user and password only"),
        ({"authentication": "jwt", "jwt_secret": "x" * 32}, "user and password only"),
        ({"time_zone": "Mars/Base"}, "no time zone"),
        ({"availability_cache": -1}, "greater than or equal to 0"),
        ({"locations": "best"}, "sum"),
        ({"reservation_lifetime": 0}, "greater than or equal to 1"),
    ],
)
def test_what_cannot_work_is_refused_with_the_reason(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said) as caught:
        InventoryConfiguration.model_validate(VALUES | changes)
    assert "secret words" not in str(caught.value)


@pytest.mark.parametrize(("rule", "pieces"), [("sum", 15), ("greatest", 10)])
def test_several_locations_count_by_the_rule(rule: str, pieces: int) -> None:
    chosen = InventoryConfiguration.model_validate({**VALUES, "locations": rule}).locations
    assert chosen is LocationRule(rule)
    assert (chosen.of([10, 5]), chosen.of([])) == (pieces, 0)
