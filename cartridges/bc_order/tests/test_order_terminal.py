"""Progress on a real terminal, and a report that can be piped at the same time."""

import json
import os
import pty
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bc_order.testing.order_documents import json_lines, order_document
from bc_order.testing.shop import PATIENCE_SECONDS, Shop, prepared_shop


def run(shop: Shop, *arguments: str) -> tuple[int, str, str]:
    """Run a command whose standard error is a terminal.

    Returns:
        The exit code, standard output, and what the terminal got.
    """
    terminal, standard_error = pty.openpty()
    variables = {"TERM": "xterm", "COLUMNS": "80"}
    with (
        ThreadPoolExecutor() as threads,
        shop.start(*arguments, variables=variables, stderr=standard_error) as process,
    ):
        os.close(standard_error)
        seen = threads.submit(lambda: b"".join(iter(lambda: read(terminal), b"")))
        out, _ = process.communicate(timeout=PATIENCE_SECONDS)
        text = seen.result(PATIENCE_SECONDS).decode()
    os.close(terminal)
    return process.returncode, out.decode(), text


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


def test_long_work_shows_its_progress_on_the_terminal_and_its_report_in_the_pipe(tmp_path: Path) -> None:
    shop = prepared_shop(tmp_path)
    file = shop.write("orders.jsonl", json_lines(order_document(str(number)) for number in range(120)))
    for arguments, progress, facts in (
        (["place", file], "placing", {"placed": 120}),
        (["export"], "exporting", {"exported": 120}),
        (["check"], "comparing", {"agree": 120}),
    ):
        code, out, seen = run(shop, "order", *arguments, "--format", "json")
        assert code == 0, seen
        report = json.loads(out)
        assert {name: report[name] for name in facts} == facts
        assert progress in seen
        assert "120/" in seen
        assert "Traceback" not in seen


def test_an_error_stands_on_the_terminal_alone(tmp_path: Path) -> None:
    code, out, seen = run(prepared_shop(tmp_path), "order", "place", "absent.json")
    assert (code, out) == (2, "")
    assert "error: absent.json cannot be opened: No such file or directory." in seen
