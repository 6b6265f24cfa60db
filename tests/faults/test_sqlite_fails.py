"""The SQLite file is locked for long, its disk is full or read-only; the shop goes on when that is over."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from dev_demo_iomconnector.trial import Trial, orders_without_approval
from iomconnector.model.exports import ExportState
from iomconnector.model.order_documents import dump_order
from iomconnector.testing.faults.conditions import until
from iomconnector.testing.faults.sqlite_files import SmallDisk, can_mount, locked
from iomconnector.testing.faults.verdict import Key, assert_sound

ROOM = 24 << 20


def _assert_all_exported(trial: Trial, confirmed: set[Key], what: str) -> None:
    trial.until_quiet()
    evidence = trial.evidence(confirmed)
    assert_sound(evidence, of={"fault": what})
    assert evidence.states() == {ExportState.EXPORTED: len(confirmed)}, evidence.reasons()


def test_a_file_that_another_process_locks_for_longer_than_a_lease(tmp_path: Path) -> None:
    with Trial(tmp_path).open() as trial:
        web, worker = trial.web(), trial.worker("worker")
        worker.begin()
        web.start()
        customers = trial.customers(web)
        with customers.placing(orders_without_approval(30, seed=31)):
            until(lambda: len(customers.confirmed) >= 10, "some orders are placed")
            with locked(trial.data / "shop.sqlite"):
                trial.outlast_the_lease()
        assert not customers.given_up
        _assert_all_exported(trial, customers.confirmed, "locked")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of its own for the shop's data."""
    if not can_mount(tmp_path):
        pytest.skip("no file system can be mounted here; tests/e2e/test_bad_surroundings.py has another way")
    with SmallDisk(tmp_path / "disk", size=ROOM) as disk:
        yield disk


def test_a_full_disk_stops_everything_and_loses_nothing(tmp_path: Path, disk: SmallDisk) -> None:
    """Web application and worker stay up; what was confirmed before is exported when there is room."""
    with ExitStack() as stack:
        trial = stack.enter_context(Trial(tmp_path, data=disk.directory / "data").open())
        web, worker = trial.web(), trial.worker("worker")
        worker.begin()
        web.start()
        customers = trial.customers(web)
        with customers.placing(orders_without_approval(30, seed=32)):
            until(lambda: len(customers.confirmed) >= 10, "some orders are placed")
            disk.fill()
            until(lambda: customers.turned_away >= 3, "orders are turned away")
            assert web.runs
            assert worker.runs
            disk.free()
        assert not customers.given_up
        _assert_all_exported(trial, customers.confirmed, "full disk")
        assert worker.stop() == 0, worker.said
        assert web.stop() == 0, web.said


def test_a_directory_that_is_read_only_is_said_and_outlived(tmp_path: Path, disk: SmallDisk) -> None:
    with Trial(tmp_path, data=disk.directory / "data").open() as trial:
        orders = orders_without_approval(6, seed=33)
        documents = "\n".join(map(dump_order, orders))
        placed = trial.run("order", "place", "-", given=documents)
        assert placed.returncode == 0, placed.stderr
        with disk.read_only():
            for command in (("order", "place", "-"), ("order", "export"), ("worker",)):
                refused = trial.run(*command, given=documents)
                assert refused.returncode == 4, refused.stdout + refused.stderr
                assert "writable" in refused.stderr
                assert "Traceback" not in refused.stderr
        trial.worker("worker").start()
        _assert_all_exported(trial, {(order.channel, order.number) for order in orders}, "read-only")
