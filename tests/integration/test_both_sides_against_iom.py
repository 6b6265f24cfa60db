"""Both sides of orders, and the history of customers, on the command line against the IOM stand-in."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from app_bo.testing.served_office import in_thread
from dev_demo_iomconnector.sample_orders import sample_orders
from dev_iomconnector_iom import (
    ApiVersion,
    ClockConfig,
    ClockMode,
    FaultKind,
    FaultRule,
    RunningStandIn,
    StandInConfig,
    run_in_thread,
)
from dev_iomconnector_iom.testing import CONTROL_TOKEN
from iomconnector.jobs.work_off import work_off
from iomconnector.model.orders import Order
from iomconnector.testing.systems import prepared_system

SHOPS = {"inSPIRED-inTRONICS": 10010, "inSPIRED-inTRONICS_Business": 10020}
ASSEMBLY = Path(__file__).parents[2] / "assemblies" / "inspired-iomconnector.toml"
BUDGET = 1.0


@dataclass
class Scene:
    """A shop whose orders are in IOM.

    Arguments:
        directory: Where its data are.
        iom: The stand-in.
        placed: The orders.
    """

    directory: Path
    iom: RunningStandIn
    placed: Sequence[Order]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command as an operator does, on a terminal of 80 columns."""
        inherited = {name: text for name, text in os.environ.items() if not name.startswith("IOMC_")}
        return subprocess.run(
            [sys.executable, "-m", "iomconnector", "order", *arguments],
            env={
                **inherited,
                "IOMC_ASSEMBLY": str(ASSEMBLY),
                "IOMC_DATA_DIRECTORY": str(self.directory),
                "COLUMNS": "80",
            },
            capture_output=True,
            text=True,
            check=False,
        )

    def sides(self, order: Order) -> dict[str, Any]:
        """Both sides of an order."""
        ended = self.run("show", order.number, "--channel", order.channel, "--format", "json")
        assert ended.returncode == 0, ended.stderr
        found: dict[str, Any] = json.loads(ended.stdout)["both_sides"]
        return found


@pytest.fixture(scope="module", params=["2.0", "2.4"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """Orders of both shops that IOM took and has not begun to work on."""
    version = ApiVersion(request.param)
    directory = tmp_path_factory.mktemp("sides")
    placed = [each for each in sample_orders(40, seed=5, first_number=1) if not each.approval_steps][:12]
    config = StandInConfig(
        api_version=version,
        control_token=CONTROL_TOKEN,
        clock=ClockConfig(mode=ClockMode.MANUAL, stop_at="COMMISSIONED"),
    )

    async def prepare(url: str) -> None:
        services = {"base_url": url, "api_version": str(version.value)}
        async with prepared_system(ASSEMBLY, directory, services=services) as system:
            for each in await system.services.all():
                if each.definition == "iom-order-history":
                    values = {"page_budget": BUDGET, "status_cache": 0}
                    await system.services.change(each.id, values=values, by="tests")
            await system.place_orders.many(placed)
            assert (await work_off(system, wait=0)).exported == len(placed)

    with run_in_thread(config) as iom:
        in_thread(lambda: prepare(iom.url))
        yield Scene(directory, iom, placed)


def test_what_nobody_touched_has_no_difference(scene: Scene) -> None:
    for order in scene.placed[:4]:
        sides = scene.sides(order)
        wrong = [each for each in sides["compared"] if each["differs"]]
        assert (sides["source"], wrong) == ("order management", []), order.number
        assert len(sides["compared"]) == 5 + len(list(order.line_items))


def test_what_was_changed_cancelled_sent_and_lost_is_marked(scene: Scene) -> None:
    changed, cancelled, sent, lost = scene.placed[4:8]
    control = scene.iom.control
    control.alter(SHOPS[changed.channel], changed.number, {"sales.total.gross.amountDiscounted": 1})
    for each in (cancelled, sent):
        control.step(20, shop=SHOPS[each.channel], number=each.number)
        if control.order(SHOPS[each.channel], each.number).state == "STATE_DO_APPROVE":
            control.approve(SHOPS[each.channel], each.number)
            control.step(20, shop=SHOPS[each.channel], number=each.number)
    control.cancel(SHOPS[cancelled.channel], cancelled.number)
    control.dispatch(SHOPS[sent.channel], sent.number)
    control.forget(SHOPS[lost.channel], lost.number)
    differing = {
        order.number: [each["what"] for each in scene.sides(order)["compared"] if each["differs"]]
        for order in (changed, cancelled, sent)
    }
    positions = [f"position {item.position}" for item in cancelled.line_items]
    assert differing == {changed.number: ["total"], cancelled.number: positions, sent.number: []}
    table = scene.run("show", cancelled.number, "--channel", cancelled.channel)
    assert max(map(len, table.stdout.splitlines())) <= 80
    assert "cancelled" in table.stdout
    sides = scene.sides(lost)
    assert (sides["reason"], sides["state"]) == ("not there", None)


def test_the_history_of_a_customer_on_both_sides(scene: Scene) -> None:
    order = scene.placed[8]
    number = str(order.customer.number)
    same = [each for each in scene.placed if each.customer.number == number and each.channel == order.channel]
    options = ("--customer", number, "--channel", order.channel, "--format", "json")
    found = {}
    for source in ("shop", "order-management"):
        ended = scene.run("history", *options, "--source", source)
        assert ended.returncode == 0, ended.stderr
        found[source] = {each["number"] for each in json.loads(ended.stdout)["orders"]}
    assert found["shop"] == {each.number for each in same}
    stored = set(scene.iom.control.stored_numbers(SHOPS[order.channel]))
    assert found["order-management"] == found["shop"] & stored
    narrowed = scene.run("history", *options, "--number", order.number)
    assert [each["number"] for each in json.loads(narrowed.stdout)["orders"]] == [order.number]


def test_iom_that_hangs_or_is_gone_costs_no_more_than_the_budget(scene: Scene) -> None:
    order = scene.placed[9]
    assert scene.sides(order)["source"] == "order management"
    begin = time.monotonic()
    assert scene.sides(order)["source"] == "order management"
    plain = time.monotonic() - begin
    rule = scene.iom.control.add_fault(FaultRule(kind=FaultKind.HANG, method="GET"))
    begin = time.monotonic()
    sides = scene.sides(order)
    slow = time.monotonic() - begin
    scene.iom.control.clear_faults()
    assert (sides["source"], sides["reason"]) == ("last known", "too slow"), rule
    assert slow < plain + BUDGET + 3, "the rest is the start of the program"
    scene.iom.control.add_fault(FaultRule(kind=FaultKind.STATUS, status=503))
    sides = scene.sides(order)
    scene.iom.control.clear_faults()
    assert (sides["source"], sides["reason"] in {"unavailable", "too slow"}) == ("last known", True)
    assert sides["state"]["number"] == order.number
