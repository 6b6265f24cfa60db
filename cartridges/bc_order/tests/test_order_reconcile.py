"""``iomconnector reconcile`` as users call it."""

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bc_order.testing.order_documents import json_lines, order_document
from bc_order.testing.shop import Shop, prepared_shop
from iomconnector.testing.samples import CHANNEL, OTHER_CHANNEL


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = prepared_shop(tmp_path)
    documents = [order_document(number, created_at=_today()) for number in ("A", "B", "C")]
    assert made.run("order", "place", "-", stdin=json_lines(documents)).code == 0
    assert made.json("order", "export")["exported"] == 3
    return made


def _today() -> str:
    return datetime.now(UTC).isoformat()


def file_of(shop: Shop, number: str) -> Path:
    [file] = shop.oms.glob(f"*{number}.json")
    return file


def verdicts(report: Any) -> list[tuple[str, str]]:
    return sorted((finding["number"], finding["verdict"]) for finding in report["findings"])


def plant(shop: Shop) -> None:
    """A is lost, B is changed, D comes from elsewhere."""
    foreign = json.loads(file_of(shop, "A").read_text())
    file_of(shop, "A").unlink()
    changed = json.loads(file_of(shop, "B").read_text())
    file_of(shop, "B").write_text(json.dumps({**changed, "project": "another"}))
    (shop.oms / f"{CHANNEL} D.json").write_text(json.dumps({**foreign, "number": "D"}))


def test_both_sides_agree(shop: Shop) -> None:
    report = shop.json("reconcile")
    assert (report["orders"], report["there"], report["agree"]) == (3, 3, 3)
    assert (report["findings"], set(report["counts"].values())) == ([], {0})
    assert report["channels"] == [CHANNEL, OTHER_CHANNEL]
    table = shop.run("reconcile", "--channel", CHANNEL)
    assert (table.code, table.err) == (0, "")
    assert table.out.endswith("UTC: 3 orders here, 3 shown there, 3 agree.\n")


def test_each_disagreement_is_told_with_what_to_do(shop: Shop) -> None:
    plant(shop)
    report = shop.json("reconcile", code=1)
    assert verdicts(report) == [("A", "missing"), ("B", "different"), ("D", "unknown")]
    assert [report["counts"][name] for name in ("missing", "different", "unknown")] == [1, 1, 1]
    different = next(finding for finding in report["findings"] if finding["number"] == "B")
    assert different["detail"] == "project: None here, another there"
    assert different["mendable"] is False
    table = shop.run("reconcile")
    assert table.code == 1
    assert "1 missing, 1 different, 1 unknown" in table.out
    assert "missing: Find out who removed it there." in table.out
    few = shop.run("reconcile", "--limit", "1")
    assert "and 2 more: --limit shows them." in few.out


def test_mending_exports_what_is_missing_and_records_what_is_there(shop: Shop) -> None:
    plant(shop)
    unrecorded = shop.run("order", "place", "-", stdin=json_lines([order_document("E", created_at=_today())]))
    assert unrecorded.code == 0
    content = json.loads(shop.run("order", "preview", "E").out)
    (shop.oms / f"{CHANNEL}%20E.json").write_text(json.dumps(content))
    refused = shop.run("reconcile", "--mend")
    assert (refused.code, "--yes" in refused.err) == (2, True)
    report = shop.json("reconcile", "--mend", "--yes", code=1)
    assert verdicts(report) == [("A", "missing"), ("B", "different"), ("D", "unknown"), ("E", "unrecorded")]
    assert report["mended"] == 1, "E is due already"
    shown = shop.json("order", "show", "A")
    assert (shown["state"], shown["outcome_unclear"]) == ("due", True)
    assert shop.json("order", "export")["exported"] == 2
    assert verdicts(shop.json("reconcile", code=1)) == [("B", "different"), ("D", "unknown")]


def test_a_plan_stands_before_the_mending(shop: Shop) -> None:
    plant(shop)
    mended = shop.run("reconcile", "--mend", "--yes")
    assert mended.code == 1
    assert "Plan: make 1 missing due." in mended.out
    assert mended.out.index("Plan:") < mended.out.index("1 made due.")


def test_a_system_that_does_not_answer_is_told_apart(shop: Shop) -> None:
    shutil.rmtree(shop.oms)
    report = shop.json("reconcile", code=4)
    [finding] = report["findings"]
    assert (finding["verdict"], finding["orders"], finding["number"]) == ("unconfirmed", 3, None)
    assert "is not there" in finding["detail"]


def test_the_period_is_what_was_asked_for(shop: Shop) -> None:
    nothing = shop.json("reconcile", "--from", "2020-01-01", "--to", "2020-01-31")
    assert (nothing["orders"], nothing["from"]) == (0, "2020-01-01T00:00:00+00:00")
    assert nothing["to"] == "2020-02-01T00:00:00+00:00"
    everything = shop.json("reconcile", "--from", "2020-01-01T01:00:00+01:00")
    assert (everything["orders"], everything["from"]) == (3, "2020-01-01T01:00:00+01:00")


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--from", "yesterday"], "'yesterday' is no day and no moment"),
        (["--from", "2026-02-30"], "is no day and no moment"),
        (["--from", "2020-02-01", "--to", "2020-01-01"], "The period ends"),
        (["--channel", "nowhere"], "nowhere"),
    ],
)
def test_wrong_options_are_explained(shop: Shop, options: list[str], told: str) -> None:
    ended = shop.run("reconcile", *options)
    assert ended.code != 0
    assert told in " ".join(ended.err.replace("│", " ").split())
