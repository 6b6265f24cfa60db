"""``iomconnector order place`` while things go wrong: kill -9, Ctrl-C, a full disk, a very long file."""

import json
import os
import re
import resource
import signal
import subprocess
from functools import partial
from pathlib import Path

import pytest

from bc_order.testing.order_documents import json_lines, order_document
from bc_order.testing.shop import PATIENCE_SECONDS, Shop, ended, prepared_shop, wait_until

MEGABYTE = 1024 * 1024


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return prepared_shop(tmp_path)


def lines(first: int, last: int) -> bytes:
    return json_lines(order_document(f"{number:06}") for number in range(first, last + 1)).encode()


def feed(process: subprocess.Popen[bytes], content: bytes) -> None:
    assert process.stdin is not None
    process.stdin.write(content)
    process.stdin.flush()


def end(process: subprocess.Popen[bytes], number: signal.Signals) -> tuple[int, str, str]:
    """Send a signal; the exit code and what was written."""
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE_SECONDS)
    return process.returncode, out.decode(), err.decode()


def has_more_than(shop: Shop, orders: int) -> bool:
    return shop.count() > orders


def assert_placed_once(shop: Shop, expected: int) -> None:
    page = shop.json("order", "list", "--limit", "10000")
    numbers = [each["number"] for each in page["orders"]]
    assert len(set(numbers)) == len(numbers) == expected
    assert page["counts"]["due"] == shop.count("export_requests") == expected


def test_a_command_killed_while_it_waits_for_input_has_placed_its_batches_and_can_be_run_again(
    shop: Shop,
) -> None:
    with shop.start("order", "place", "-") as process:
        feed(process, lines(1, 250))
        wait_until(lambda: shop.count() == 200, "two batches are placed")
        assert end(process, signal.SIGKILL) == (-signal.SIGKILL, "", "")
    file = shop.write("orders.jsonl", lines(1, 500))
    assert shop.json("order", "place", file) == {
        "placed": 300,
        "already_placed": 200,
        "numbered": [],
        "rejected": [],
    }
    assert_placed_once(shop, 500)


def test_a_command_killed_while_it_writes_loses_and_doubles_nothing(shop: Shop) -> None:
    file = shop.write("orders.jsonl", lines(1, 800))
    seen = 0
    for _ in range(2):
        with shop.running("order", "place", file) as command:
            wait_until(partial(has_more_than, shop, seen), "some orders are placed")
            command.signal(signal.SIGKILL)
            assert ended(command).code == -signal.SIGKILL
        seen = shop.count()
    report = shop.json("order", "place", file)
    assert report == {"placed": 800 - seen, "already_placed": seen, "numbered": [], "rejected": []}
    assert_placed_once(shop, 800)


def test_ctrl_c_takes_effect_at_once_while_input_is_waited_for(shop: Shop) -> None:
    with shop.start("order", "place", "-") as process:
        feed(process, lines(1, 130))
        wait_until(lambda: shop.count() == 100, "a batch is placed")
        code, out, err = end(process, signal.SIGINT)
    assert (code, out) == (130, "")
    assert err == (
        "Interrupted. What was committed stays.\n"
        "Before it stopped: 100 placed, 0 placed before, 0 rejected. Place the file again to go on.\n"
    )
    assert_placed_once(shop, 100)


def test_ctrl_c_while_it_writes_ends_between_two_batches(shop: Shop) -> None:
    file = shop.write("orders.jsonl", lines(1, 1000))
    with shop.running("order", "place", file, "--rejected", "rejected.jsonl") as command:
        wait_until(lambda: shop.count() > 0, "a batch is placed")
        command.signal(signal.SIGINT)
        interrupted = ended(command)
    assert (interrupted.code, interrupted.out) == (130, "")
    assert "Traceback" not in interrupted.err
    placed = shop.count()
    assert placed % 100 == 0
    assert placed < 1000
    assert not (shop.directory / "rejected.jsonl").exists()
    report = shop.json("order", "place", file)
    assert report == {"placed": 1000 - placed, "already_placed": placed, "numbered": [], "rejected": []}


def test_a_full_disk_ends_with_exit_code_4_and_the_same_command_goes_on_afterwards(shop: Shop) -> None:
    file = shop.write("orders.jsonl", lines(1, 1000))
    size = (shop.data / "shop.sqlite").stat().st_size + MEGABYTE
    limit = partial(resource.setrlimit, resource.RLIMIT_FSIZE, (size, size))
    stopped = shop.run("order", "place", file, prepare=limit)
    assert (stopped.code, stopped.out) == (4, "")
    placed = shop.count()
    assert 0 < placed < 1000
    assert f"Before it stopped: {placed} placed, 0 placed before, 0 rejected." in stopped.err
    assert re.search(r"error: The database .* answered: .*(full|disk I/O).*do it again", stopped.err)
    report = shop.json("order", "place", file)
    assert report == {"placed": 1000 - placed, "already_placed": placed, "numbered": [], "rejected": []}
    assert_placed_once(shop, 1000)


def test_ten_thousand_lines_need_no_more_memory_than_a_thousand(shop: Shop) -> None:
    rejected = shop.directory / "rejected.jsonl"
    broken = json.dumps(order_document("broken", currency="XXQ")).encode() + b"\n"
    with shop.start("order", "place", "-", "--rejected", str(rejected), "--format", "json") as process:
        feed(process, lines(1, 1000))
        wait_until(lambda: shop.count() == 1000, "a thousand orders are placed")
        before = peak_memory(process.pid)
        for first in range(1001, 4001, 100):
            feed(process, lines(first, first + 99) + broken * 200)
        wait_until(lambda: shop.count() == 4000, "all orders are placed")
        after = peak_memory(process.pid)
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, err) == (1, b"")
    report = json.loads(out)
    assert (report["placed"], report["already_placed"], len(report["rejected"])) == (4000, 0, 6000)
    assert report["rejected"][-1]["line"] == 10_000
    assert rejected.read_bytes() == broken * 6000
    assert after - before < 12 * MEGABYTE


def peak_memory(process_id: int) -> int:
    """The most memory that a process had, in bytes."""
    status = Path(f"/proc/{process_id}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def test_text_that_the_terminal_cannot_show_is_no_reason_to_fail(shop: Shop) -> None:
    document = order_document("ключ-ü", project="Jürgen", currency="XXQ")
    file = shop.write("orders.json", json.dumps(document))
    with shop.start("order", "place", file, variables={"PYTHONIOENCODING": "ascii"}) as process:
        out, err = process.communicate(timeout=PATIENCE_SECONDS)
    assert (process.returncode, err) == (1, b"")
    assert b"\\u043a\\u043b\\u044e\\u0447-\\xfc" in out


def test_a_reader_that_goes_away_ends_the_command_quietly(shop: Shop) -> None:
    file = shop.write("orders.jsonl", "no\n" * 3000)
    with shop.start("order", "place", file, "--format", "json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        os.read(process.stdout.fileno(), 1)
        process.stdout.close()
        assert process.wait(PATIENCE_SECONDS) == 1
        assert b"Traceback" not in process.stderr.read()
