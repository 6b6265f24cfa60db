"""The stand-in as a process: options, files, signals, sudden death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

import pytest

from dev_iomconnector_iom import ClockMode, ControlClient, StandInConfig, StandInStartError, run_in_thread
from dev_iomconnector_iom.samples import sample_order
from dev_iomconnector_iom.testing import CONTROL_TOKEN, Caller

SHOP = 10020
TOKEN = CONTROL_TOKEN.get_secret_value()


@contextmanager
def process(*options: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The process and its URL, once it listens."""
    command = [sys.executable, "-m", "dev_iomconnector_iom", *options]
    environment = os.environ | {"IOM_STAND_IN_CONTROL_TOKEN": TOKEN}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as running:
        try:
            assert running.stdout is not None
            yield running, running.stdout.readline().split()[-1]
        finally:
            running.kill()


def fails(options: Sequence[str]) -> str:
    command = [sys.executable, "-m", "dev_iomconnector_iom", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert done.returncode == 3
    return done.stderr


def test_it_ends_in_good_order_on_sigterm() -> None:
    with process("--clock", "fast", "--api-version", "2.2") as (running, url):
        assert Caller(url).post_order(sample_order("T")).status == 201
        assert Caller(url).get("/order-states/modified?minCursor=0").status == 404
        assert ControlClient(f"{url}/control", TOKEN).stored_numbers(SHOP) == ["T"]
        running.send_signal(signal.SIGTERM)
        assert running.wait(5) == 0


def test_what_was_answered_survives_kill_9(tmp_path: Path) -> None:
    answered: list[str] = []
    options = ("--data-dir", str(tmp_path), "--clock", "real", "--seconds-per-step", "0.02")

    def post_until_it_dies(worker: int, url: str) -> None:
        try:
            for place in range(10_000):
                number = f"K-{worker}-{place}"
                if Caller(url).post_order(sample_order(number)).status == 201:
                    answered.append(number)
        except (OSError, HTTPException):
            return

    with process(*options) as (running, url):
        workers = [threading.Thread(target=post_until_it_dies, args=(n, url)) for n in range(3)]
        for worker in workers:
            worker.start()
        while len(answered) < 150:
            assert any(worker.is_alive() for worker in workers)
        running.send_signal(signal.SIGKILL)
        assert running.wait(5) == -signal.SIGKILL
        for worker in workers:
            worker.join()
    with process(*options) as (_, url):
        control = ControlClient(f"{url}/control", TOKEN)
        stored = control.stored_numbers(SHOP)
        assert len(stored) == len(set(stored))
        assert set(answered) <= set(stored)
        assert len(stored) - len(answered) <= len(workers)
        assert Caller(url).post_order(sample_order(answered[0])).status == 400
        control.set_clock(ClockMode.FAST)
        total = 0
        while total < len(stored):
            page = Caller(url).get("/order-states?statuses=STATE_DISPATCHED&limit=1")
            total = page.json["meta"]["totalCount"]
        assert (
            Caller(url).get("/order-states/modified?minCursor=0&limit=1").json["meta"]["totalCount"] == total
        )


def test_cursors_go_on_growing_after_a_restart(tmp_path: Path) -> None:
    config = StandInConfig(storage=tmp_path / "deep" / "orders.sqlite3", control_token=CONTROL_TOKEN)
    highest = 0
    for number in ("R-1", "R-2"):
        with run_in_thread(config) as running:
            caller = Caller(running.url)
            assert caller.post_order(sample_order(number)).status == 201
            page = caller.get(f"/order-states/modified?minCursor={highest + 1}").json
            assert number in [state["shopOrderNumber"] for state in page["data"]]
            highest = page["meta"]["maxCursor"]


def test_it_reads_a_configuration_file(tmp_path: Path) -> None:
    file = tmp_path / "iom.toml"
    file.write_text(
        """
        api_version = "2.1"
        jwt_secret = "a secret that is longer than 32 characters"

        [[shops]]
        id = 7
        name = "Tiny"
        country = "DEU"
        tax_types = ["FullTax"]
        approval_above = 250.5

        [[users]]
        name = "webservice_shop"
        password = "!InterShop00!"
        rights = { 7 = [1, 2, 67] }

        [clock]
        mode = "manual"
        """,
        encoding="utf-8",
    )
    with process("--config", str(file), "--api-version", "2.3") as (_, url):
        caller = Caller(url, shop=7)
        assert caller.post_order(sample_order("C")).status == 201
        assert caller.order("C").json["sales"]["total"]["taxes"][0]["location"] == "DEU"
        assert Caller(url).get("/order-states").status == 403
        assert caller.order_state("C")["status"] == "STATE_INITIAL"


def test_what_is_wrong_with_the_configuration_is_said(tmp_path: Path) -> None:
    file = tmp_path / "iom.toml"
    file.write_text('jwt_secret = "short"\ncolour = "red"\n', encoding="utf-8")
    said = fails(["--config", str(file)])
    assert "The stand-in does not start" in said
    assert "jwt_secret" in said
    assert "colour" in said
    file.write_text("[[[", encoding="utf-8")
    assert "does not start" in fails(["--config", str(file)])
    absent = tmp_path / "absent.toml"
    assert f"{absent} cannot be used: No such file or directory." in fails(["--config", str(absent)])


def test_a_port_that_is_taken_is_said() -> None:
    with run_in_thread(StandInConfig()) as running:
        port = int(running.url.rpartition(":")[2])
        with (
            pytest.raises(StandInStartError, match=f"Cannot listen on 127.0.0.1:{port}"),
            run_in_thread(StandInConfig(port=port)),
        ):
            raise AssertionError("two servers on one port")


def test_a_storage_that_is_no_database_is_said(tmp_path: Path) -> None:
    storage = tmp_path / "orders.sqlite3"
    storage.write_text("this is no database, but a text that is long enough to look at", encoding="utf-8")
    with (
        pytest.raises(StandInStartError, match=r"orders\.sqlite3"),
        run_in_thread(StandInConfig(storage=storage)),
    ):
        raise AssertionError("a text file is no database")
