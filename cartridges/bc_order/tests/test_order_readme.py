"""What the README shows works."""

import json
import re
import shlex
from pathlib import Path
from typing import Any

import pytest

from bc_order.testing.http_caller import Caller
from bc_order.testing.order_documents import order_document
from bc_order.testing.shop import Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL

README = (Path(__file__).parents[1] / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


def document() -> dict[str, Any]:
    (text,) = blocks("json")
    found: dict[str, Any] = json.loads(text)
    return found


def test_the_document_can_be_placed_and_exported_on_the_command_line(shop: Shop) -> None:
    (text,) = blocks("json")
    assert shop.json("order", "place", shop.write("order.json", text))["placed"] == 1
    assert shop.json("order", "export")["exported"] == 1
    assert shop.json("order", "check") == {"agree": 1, "disagree": []}


def test_its_sums_are_right() -> None:
    order = document()
    (bucket,) = order["shipping_buckets"]
    (item,) = bucket["line_items"]
    (charge,) = bucket["charges"]
    for kind in ("net", "gross"):
        cents = [
            round(float(amount) * 100)
            for amount in (
                item["price"][kind]["discounted"]["amount"],
                charge[kind]["amount"]["amount"],
                order["total"][kind]["amount"]["amount"],
            )
        ]
        assert cents[0] + cents[1] == cents[2]


def test_the_commands_are_there(shop: Shop) -> None:
    order = {**document(), "number": "2026112300001"}
    steps = [{"kind": "cost_center", "approvers": ["jlink@test.intershop.de"]}]
    needs = [order_document(number, approval_steps=steps) for number in ("B2B-0001", "B2B-0002")]
    shop.write("orders.jsonl", "\n".join(map(json.dumps, [order, *needs])))
    lines = [line for line in blocks("console")[0].splitlines() if line.startswith("$ iomconnector")]
    assert len(lines) == 14
    for line in lines:
        arguments = shlex.split(line, comments=True)[2:]
        ended = shop.run(*arguments)
        expected = 1 if "retry" in arguments else 0
        assert ended.code == expected, (line, ended)


def test_the_requests_are_there(shop: Shop) -> None:
    token = shop.token("website", CHANNEL)
    paths = [
        re.sub(r"^.*:8000", "", line).strip('"')
        for line in blocks("console")[1].splitlines()
        if ":8000" in line
    ]
    with shop.serving("--no-export") as server:
        caller = Caller(server.address, token)
        assert caller.post(paths[0], document()).status == 201
        assert [caller.get(path).status for path in paths[1:]] == [200, 200]


def test_the_approval_steps_make_an_order_wait(shop: Shop) -> None:
    (steps,) = re.findall(r"`(\[\{\"kind\".*?\}\])`", README, re.DOTALL)
    text = json.dumps({**document(), "approval_steps": json.loads(steps)})
    shop.run("order", "place", "-", stdin=text)
    assert shop.json("order", "list")["orders"][0]["state"] == "waiting for approval"
