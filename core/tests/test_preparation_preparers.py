"""Preparers that cannot be used are refused, each with its cartridge, file and line."""

import pytest

from iomconnector.errors import ConfigurationError
from iomconnector.ports.preparation_protocol import Mode
from iomconnector.preparation import (
    PreparerError,
)
from iomconnector.preparation.steps import steps_of
from iomconnector.storage.preparation import Preparer, SchemaPreparer
from iomconnector.testing.hook_objects import cartridges_from
from iomconnector.testing.preparers import cartridge_with, failing


@pytest.mark.parametrize(
    ("preparers", "said"),
    [
        (["content"], "offers str, not Preparer."),
        ([failing(" ", OSError())], "needs a name of 1 to 200 printable characters."),
        ([failing("a\nb", OSError())], "needs a name of 1 to 200 printable characters."),
        ([failing("a", OSError(), phase="before")], "The phases are pre, main, post."),
        ([failing("a", OSError(), modes=[])], "Name Mode.INIT, Mode.MIGRATE or both."),
        ([failing("a", OSError(), modes=[Mode.AUTO])], "Name Mode.INIT, Mode.MIGRATE or both."),
        ([failing("a", OSError(), release="spring")], "names the release 'spring', which is no version."),
        ([Preparer("a", "b")], "must be prepared by an async function"),  # type: ignore[arg-type]
        ([failing("a", OSError()), failing("a", OSError())], "has the name of the one at "),
        (
            [SchemaPreparer("no_such_package:revisions")],
            "in no_such_package:revisions cannot be read: Module",
        ),
        ([SchemaPreparer("iomconnector:no_such")], "The folder iomconnector:no_such has no revisions."),
        (
            [SchemaPreparer("iomconnector.storage:migrations/versions", version_table="alembic_version")],
            "names the core's version table",
        ),
        (
            [
                SchemaPreparer("iomconnector.storage:migrations/versions", name=name, version_table="same")
                for name in ("a", "b")
            ],
            "has the version table same of shop: a ",
        ),
    ],
)
def test_a_preparer_that_cannot_be_used_is_refused_with_cartridge_file_and_line(
    preparers: list[object], said: str
) -> None:
    with pytest.raises(PreparerError) as raised:
        steps_of(cartridges_from(cartridge_with("shop", *preparers)))
    assert str(raised.value).startswith("shop: /")
    assert said in str(raised.value)
    assert isinstance(raised.value, ConfigurationError)


def test_everything_that_is_wrong_is_told_at_once() -> None:
    with pytest.raises(PreparerError) as raised:
        steps_of(cartridges_from(cartridge_with("a", "x", failing("", OSError())), cartridge_with("b", "y")))
    assert [line.partition(":")[0] for line in str(raised.value).splitlines()] == ["a", "a", "b_2"]
