"""``iomconnector service`` as users call it; secrets above all."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bc_order.testing.shop import SERVICE, Ended, Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL, ORGANIZATION

SECRET = "pä$$-w0rd=@1"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


def add(shop: Shop, name: str, *settings: str, stdin: str | bytes = b"", context: str = CHANNEL) -> Ended:
    options = ["--type", "file-order-export", "--context", context, "--inactive"]
    return shop.run("service", "add", name, *options, *settings, stdin=stdin)


def settings_of(shop: Shop, name: str) -> dict[str, object]:
    found: dict[str, object] = shop.json("service", "show", name)["settings"]
    return found


def opened(shop: Shop, name: str) -> str:
    """The password of a configuration, as the adapter would get it."""
    from iomconnector.storage.secret_store import FernetSecretStore

    query = "SELECT settings FROM service_configurations WHERE id = ?"
    with closing(sqlite3.connect(shop.data / "shop.sqlite")) as database:
        (text,) = database.execute(query, [name]).fetchone()
    sealed = json.loads(text)["password"]["sealed"]
    return FernetSecretStore(shop.data / "secret.key").open(sealed)


def test_types_are_listed_with_their_settings(shop: Shop) -> None:
    offered = next(each for each in shop.json("service", "types") if each["id"] == "file-order-export")
    settings = {each["name"]: each for each in offered.pop("settings")}
    assert offered == {
        "id": "file-order-export",
        "name": "Order export to files",
        "help": "",
        "group": "Order management",
        "port": "OrderExportService",
        "cartridge": "file_orders",
        "enabled_for": [ORGANIZATION],
        "needs": [],
        "excludes": [],
        "test": False,
    }
    assert list(settings) == ["directory", "password", "labels", "retries"]
    assert settings["retries"] == {
        "name": "retries",
        "title": "Retries",
        "help": "",
        "unit": "",
        "default": 0,
        "required": False,
        "secret": False,
        "kind": "integer",
        "choices": [],
    }
    assert (settings["directory"]["required"], settings["password"]["secret"]) == (True, True)
    assert shop.json("service", "types", "file-order-export")["settings"] == list(settings.values())
    assert shop.run("service", "types", "fax").code == 1


def test_a_configuration_is_added_changed_switched_and_shown(shop: Shop) -> None:
    ended = add(shop, "second", "directory=elsewhere", 'labels={"a": "b"}', "retries=3")
    assert (ended.code, ended.out) == (0, f"Service second is configured and inactive in {CHANNEL}.\n")
    assert settings_of(shop, "second") == {"directory": "elsewhere", "labels": {"a": "b"}, "retries": 3}
    changed = shop.run("service", "set", "second", "retries=4", "labels={}")
    assert (changed.code, changed.out) == (0, "Service second is changed: retries, labels.\n")
    assert settings_of(shop, "second") == {"directory": "elsewhere", "labels": {}, "retries": 4}
    refused = shop.run("service", "activate", "second")
    assert (refused.code, refused.out) == (3, "")
    assert (
        "error: Only one adapter allowed to be executable of OrderExportService, but 2 adapters found. "
        f"In context {CHANNEL} these are: {SERVICE}, second." in refused.err
    )
    listed = {each["id"]: each for each in shop.json("service", "list")}
    assert {name: each["active"] for name, each in listed.items()} == {"second": False, SERVICE: True}
    assert (listed["second"]["context"], listed[SERVICE]["context"]) == (CHANNEL, ORGANIZATION)
    assert set(listed["second"]) == {
        "id", "type", "context", "name", "available", "active", "sharing", "version", "updated_at",
        "updated_by", "settings", "status",
    }  # fmt: skip
    assert shop.run("service", "activate", "second", "--replace").out == "Service second is active.\n"
    assert shop.run("service", "deactivate", "second").out == "Service second is deactivated.\n"
    assert shop.run("service", "deactivate", "second").code == 0, "it is so already"
    table = shop.run("service", "show", "second")
    assert table.out.startswith("second (Order export to files)\n")


@pytest.mark.parametrize(
    ("argument", "stdin"),
    [
        (f"password={SECRET}", b""),
        ("password=-", SECRET.encode()),
        ("password=-", f"{SECRET}\r\n".encode()),
        ("password=@secret.txt", b""),
    ],
)
def test_a_secret_is_read_exactly_and_shown_nowhere(shop: Shop, argument: str, stdin: bytes) -> None:
    shop.write("secret.txt", b"\xef\xbb\xbf" + SECRET.encode() + b"\n")
    said = [
        add(shop, "secretive", "directory=oms", argument, stdin=stdin),
        shop.run("service", "show", "secretive"),
        shop.run("service", "show", "secretive", "--format", "json"),
        shop.run("service", "list", "--format", "json"),
        shop.run("-v", "service", "set", "secretive", argument, stdin=stdin),
        shop.run("service", "set", "secretive", "retries=many", argument, stdin=stdin),
    ]
    assert [ended.code for ended in said] == [0, 0, 0, 0, 0, 3]
    assert SECRET not in "".join(f"{ended.out}{ended.err}" for ended in said)
    assert settings_of(shop, "secretive")["password"] == "********"
    assert opened(shop, "secretive") == SECRET
    for file in shop.data.iterdir():
        assert SECRET.encode() not in file.read_bytes()
    assert (shop.data / "secret.key").stat().st_mode & 0o077 == 0


def test_a_secret_that_is_not_given_again_stays(shop: Shop) -> None:
    add(shop, "secretive", "directory=oms", "password=-", stdin=SECRET)
    assert shop.run("service", "set", "secretive", "retries=1").code == 0
    assert shop.run("service", "deactivate", "secretive").code == 0
    assert opened(shop, "secretive") == SECRET


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        (["directory"], "Setting 1 is not NAME=VALUE, NAME=@FILE or NAME=-."),
        (["retries=1", "=hunter2"], "Setting 2 is not NAME=VALUE, NAME=@FILE or NAME=-."),
        (["retries=1", "retries=2"], "retries is given twice."),
        (["password=-", "retries=-"], "password and retries cannot both come from standard input."),
        (["password=@absent"], "absent cannot be read: No such file or directory."),
        (["password=@oms"], "oms cannot be read: Is a directory."),
        (["password=@binary"], "binary is not UTF-8 text."),
        (["labels=hunter2"], "labels takes JSON, such as"),
        ([], "Give at least one NAME=VALUE."),
    ],
)
def test_what_is_no_setting_ends_with_exit_code_2_and_is_not_repeated(
    shop: Shop, settings: list[str], why: str
) -> None:
    shop.write("binary", b"\xff\xfe")
    ended = shop.run("service", "set", SERVICE, *settings)
    assert (ended.code, ended.out) == (2, "")
    assert why in " ".join(ended.err.replace("│", " ").split())
    assert "hunter2" not in ended.err
    assert settings_of(shop, SERVICE) == {"directory": "oms"}


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (["directory=oms", "colour=red"], "colour is no setting of this service type"),
        (["retries=many"], "retries must be a whole number"),
        (["retries=1"], "directory is missing"),
        (['labels=["hunter2"]', "directory=oms"], "labels must be an object"),
    ],
)
def test_a_wrong_setting_ends_with_exit_code_3_and_nothing_is_stored(
    shop: Shop, settings: list[str], named: str
) -> None:
    ended = add(shop, "wrong", *settings)
    assert (ended.code, ended.out) == (3, "")
    assert named in ended.err
    assert "hunter2" not in ended.err
    assert [each["id"] for each in shop.json("service", "list")] == [SERVICE]


def test_adding_replaces_nothing_and_needs_a_type_and_a_context_that_exist(shop: Shop) -> None:
    again = add(shop, SERVICE, "directory=elsewhere")
    assert (again.code, again.err) == (
        3,
        f"error: There is a service '{SERVICE}' already. `iomconnector service set` changes it.\n",
    )
    assert settings_of(shop, SERVICE) == {"directory": "oms"}
    nowhere = add(shop, "second", "directory=oms", context="nowhere")
    assert nowhere.code == 1
    assert "There is no channel or other context 'nowhere'; the channels are: " in nowhere.err
    wrong = shop.run("service", "add", "second", "--type", "fax", "--context", CHANNEL)
    assert wrong.code == 1
    assert "offers a service type 'fax'; offered are: file-order-export, file-order-history." in wrong.err


@pytest.mark.parametrize("command", [["show"], ["set"], ["activate"], ["deactivate"]])
def test_a_configuration_that_does_not_exist_ends_with_exit_code_1(shop: Shop, command: list[str]) -> None:
    ended = shop.run("service", *command, "absent", *(["retries=1"] if command == ["set"] else []))
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("error: ")
    assert "absent" in ended.err


def test_a_channel_is_given_another_service_than_its_organization(shop: Shop) -> None:
    from bc_order.testing.order_documents import order_document

    add(shop, "second", "directory=oms")
    shop.run("order", "place", "-", stdin=json.dumps(order_document("A")))
    assert shop.run("service", "activate", "second", "--replace").code == 0
    assert shop.run("order", "preview", "A").code == 0
    seen = {each["id"]: each["status"] for each in shop.json("service", "list", "--context", CHANNEL)}
    assert (seen[SERVICE]["operational"], seen[SERVICE]["overridden"]) == (False, True)
    assert seen[SERVICE]["reason"] == f"It is deactivated in {CHANNEL}: activate it there."
    assert seen["second"]["operational"]
    assert shop.json("service", "show", SERVICE)["overrides"] == {CHANNEL: False}
    refused = shop.run("service", "inherit", SERVICE, "--context", CHANNEL)
    assert (refused.code, refused.out) == (3, "")
    assert shop.run("service", "deactivate", "second").code == 0
    assert shop.run("service", "inherit", SERVICE, "--context", CHANNEL).code == 0
    assert shop.run("order", "preview", "A").code == 0
    assert shop.run("service", "disable", "file-order-export").code == 0
    ended = shop.run("order", "preview", "A")
    assert (ended.code, ended.out) == (3, "")
    assert f"is not enabled for {ORGANIZATION}: enable it there." in ended.err
