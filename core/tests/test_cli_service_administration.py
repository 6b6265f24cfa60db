"""The wider commands of ``iomconnector service``: tables, audit trail, transfer, enablement, removal."""

import json
from pathlib import Path

import pytest

from bc_order.testing.shop import SERVICE, Ended, Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL, ORGANIZATION

SECRET = "pä$$-w0rd=@1"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


def add(shop: Shop, name: str, *settings: str, stdin: str = "") -> Ended:
    """Add a configuration to a channel, inactive."""
    options = ["--type", "file-order-export", "--context", CHANNEL, "--inactive"]
    return shop.run("service", "add", name, *options, *settings, stdin=stdin)


def test_tables_can_be_read_at_80_columns(shop: Shop) -> None:
    add(shop, "order-export-of-the-second-channel", "directory=oms", "retries=3")
    shop.run("service", "deactivate", SERVICE, "--context", CHANNEL)
    commands = (
        ["types"],
        ["types", "file-order-export"],
        ["list"],
        ["list", "--context", CHANNEL],
        ["show", SERVICE],
        ["audit"],
    )
    for command in commands:
        ended = shop.run("service", *command, variables={"COLUMNS": "80"})
        assert (ended.code, ended.err) == (0, "")
        assert max(map(len, ended.out.splitlines())) <= 80, ended.out
    table = shop.run("service", "list", "--context", CHANNEL, variables={"COLUMNS": "80"}).out
    assert f"shared from {ORGANIZATION}, shared-active" in table
    assert "overridden" in table
    assert "order-export-of-the-second-channel" in table
    assert f"It is deactivated in {CHANNEL}: activate it there." in " ".join(table.split())


def test_a_service_type_shows_every_setting(shop: Shop) -> None:
    told = shop.run("service", "types", "file-order-export").out
    assert "directory (required)" in told
    assert "password (secret)" in told
    assert "retries (default 0)" in told


def test_the_audit_trail_names_the_user_of_the_system_and_no_secret(shop: Shop) -> None:
    from getpass import getuser

    add(shop, "second", "directory=oms", f"password={SECRET}")
    shop.run("service", "set", "second", "password=-", "retries=4", stdin=SECRET[::-1])
    shop.run("service", "rename", "second", "The second one")
    shop.run("service", "share", "second", "shared-mandatory")
    entries = shop.json("service", "audit", "second")
    assert {each["by"] for each in entries} == {getuser()}
    assert [each["changes"] for each in entries[:3]] == [
        {"sharing": {"old": "shared-active", "new": "shared-mandatory"}},
        {"display_name": {"old": "Order export to files", "new": "The second one"}},
        {
            "settings.password": {"old": "********", "new": "changed"},
            "settings.retries": {"old": None, "new": 4},
        },
    ]
    table = shop.run("service", "audit", "--limit", "2")
    assert f"{getuser()}: changed second in {CHANNEL}" in table.out
    assert f"Earlier ones: --before {entries[1]['number']}\n" in table.out
    assert len(shop.json("service", "audit", "--before", str(entries[1]["number"]), "second")) == 2
    assert SECRET[::-1] not in json.dumps(entries)


def test_services_are_exported_and_imported(shop: Shop) -> None:
    add(shop, "second", "directory=oms", "password=-", 'labels={"a": "b"}', stdin=SECRET)
    exported = shop.run("service", "export")
    assert (exported.code, exported.err) == (0, "")
    assert SECRET not in exported.out
    shop.write("services.toml", exported.out.replace('"b"', '"c"'))
    assert shop.run("service", "remove", "second", "--yes").code == 0
    refused = shop.run("service", "import", "services.toml")
    assert (refused.code, refused.out) == (3, "")
    assert "Secrets are missing: second.password. Give each as ID.NAME=@FILE." in refused.err
    shop.write("secret.txt", SECRET)
    command = ("service", "import", "services.toml", "second.password=@secret.txt")
    planned = shop.run(*command, "--plan")
    assert (planned.code, planned.err) == (0, "")
    assert planned.out.startswith("Would be changed\nadded second in ")
    assert SECRET not in planned.out
    assert [each["id"] for each in shop.json("service", "list")] == [SERVICE]
    assert shop.json(*command)["stored"]
    assert shop.json("service", "show", "second")["settings"] == {
        "directory": "oms",
        "labels": {"a": "c"},
        "password": "********",
    }
    again = shop.run("service", "import", "services.toml")
    assert (again.code, again.out) == (0, "Everything is as the file says already.\n")
    assert shop.run("service", "import", "absent.toml").code == 2


def test_a_service_type_is_enabled_for_the_only_organization_or_the_one_that_is_named(shop: Shop) -> None:
    assert shop.run("service", "disable", "file-order-export").code == 0
    (row,) = shop.json("service", "list")
    assert row["status"]["reason"] == (
        f"Order export to files is not enabled for {ORGANIZATION}: enable it there."
    )
    shop.run("context", "add", "other", "--kind", "organization")
    unclear = shop.run("service", "enable", "file-order-export")
    assert (unclear.code, unclear.out) == (3, "")
    assert "Name one with --organization." in unclear.err
    assert shop.run("service", "enable", "file-order-export", "--organization", ORGANIZATION).code == 0
    assert shop.json("service", "list")[0]["status"]["operational"]
    assert shop.run("service", "enable", "file-order-export", "--organization", CHANNEL).code == 3


def test_what_is_removed_is_asked_for_first(shop: Shop) -> None:
    asked = shop.run("service", "remove", SERVICE, stdin="n\n")
    assert asked.code == 1
    assert [each["id"] for each in shop.json("service", "list")] == [SERVICE]
    assert shop.run("service", "remove", SERVICE, stdin="y\n").code == 0
    assert shop.json("service", "list") == []
    assert "There is none. `iomconnector service add` adds one" in shop.run("service", "list").out


def test_a_service_that_is_not_available_is_operational_nowhere(shop: Shop) -> None:
    assert shop.run("service", "set", SERVICE, "--not-available").out == (
        f"Service {SERVICE} is changed: available.\n"
    )
    status = shop.json("service", "show", SERVICE, "--context", CHANNEL)["status"]
    assert status["reason"] == (
        f"It is marked as not available in {ORGANIZATION}: mark it as available there."
    )
    assert shop.run("service", "set", SERVICE, "--available").code == 0
    assert shop.json("service", "show", SERVICE)["status"]["operational"]


def test_a_service_without_a_connection_test_says_so(shop: Shop) -> None:
    ended = shop.run("service", "test", SERVICE)
    assert (ended.code, ended.out) == (3, "")
    assert "Order export to files offers no connection test." in ended.err


def test_a_refused_change_is_told_once(shop: Shop) -> None:
    add(shop, "second", "directory=oms")
    for options in ([], ["-v"]):
        refused = shop.run(*options, "service", "activate", "second")
        assert (refused.code, refused.out) == (3, "")
        assert refused.err.count("Only one adapter allowed to be executable") == 1
        assert "error: Only one adapter" in refused.err


def test_a_setting_gets_its_default_again(shop: Shop) -> None:
    add(shop, "second", "directory=oms", "retries=3", 'labels={"sealed": "no secret"}')
    assert shop.json("service", "show", "second")["settings"]["labels"] == {"sealed": "no secret"}
    changed = shop.run("service", "set", "second", "directory=other", "--default", "retries")
    assert (changed.code, changed.out) == (0, "Service second is changed: directory, retries.\n")
    assert set(shop.json("service", "show", "second")["settings"]) == {"directory", "labels"}
    refused = shop.run("service", "set", "second", "--default", "retires")
    assert (refused.code, refused.out) == (3, "")
    assert "has no setting retires" in refused.err
    both = shop.run("service", "set", "second", "retries=3", "--default", "retries")
    assert (both.code, both.out) == (2, "")
    assert shop.run("service", "set", "second", "--default", "directory").code == 3


def test_what_does_not_exist_cannot_be_disabled_and_has_no_changes(shop: Shop) -> None:
    refused = shop.run("service", "disable", "file-order-exprt")
    assert (refused.code, refused.out) == (1, "")
    assert "offered are: file-order-export, file-order-history." in refused.err
    assert shop.run("service", "audit", "absent").out == "No change is recorded.\n"
    assert shop.json("service", "audit", "absent") == []


def test_an_argument_that_is_no_text_is_refused(shop: Shop) -> None:
    for command in (
        ["show", "M\udce4rz"],
        ["rename", SERVICE, "M\udce4rz"],
        ["set", SERVICE, "password=\udce4"],
    ):
        ended = shop.run("service", *command)
        assert (ended.code, ended.out) == (2, "")
        assert ended.err == f"error: Argument {len(command) + 1} is not UTF-8 text.\n"
