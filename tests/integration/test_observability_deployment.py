"""Dashboard and alert rules name only what the program gives, and lead to what an operator can read."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from iomconnector.observability.catalogue import described_metrics, metrics_table

ROOT = Path(__file__).parents[2]
DEPLOYED = ROOT / "deploy" / "observability"
ALERTS = DEPLOYED / "alerts.yaml"
ALERT_TESTS = DEPLOYED / "alerts-test.yaml"
DASHBOARD = DEPLOYED / "grafana-dashboard.json"
DOCUMENT = ROOT / "docs" / "observability.md"
RUNBOOKS = ROOT / "docs" / "operators.md"

OF_PROMETHEUS = {"job", "instance"}
OF_LIBRARIES = {"process_resident_memory_bytes", "process_cpu_seconds_total"}
GIVEN_BY_GRAFANA = {"$__rate_interval": "5m", "$channel": ".*"}


def labels_by_name() -> dict[str, set[str]]:
    """The labels of each time series that the program gives."""
    found: dict[str, set[str]] = {name: set() for name in OF_LIBRARIES}
    for each in described_metrics():
        labels = set(each.labels)
        if each.kind == "histogram":
            found |= {f"{each.name}_{part}": labels for part in ("sum", "count")}
            found[f"{each.name}_bucket"] = {*labels, "le"}
        else:
            found[each.name] = labels
    return found


def rules() -> Iterator[Mapping[str, Any]]:
    for group in yaml.safe_load(ALERTS.read_text())["groups"]:
        yield from group["rules"]


def panels() -> Iterator[Mapping[str, Any]]:
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        if panel["type"] != "row":
            yield panel


def queries() -> Iterator[tuple[str, str]]:
    """What every query is for, and the query."""
    for rule in rules():
        yield f"alert {rule['alert']}", rule["expr"]
    for panel in panels():
        for target in panel["targets"]:
            query = target["expr"]
            for variable, value in GIVEN_BY_GRAFANA.items():
                query = query.replace(variable, value)
            yield f"panel {panel['title']}", query


def faults(query: str) -> list[str]:
    """What is wrong with a query: names and labels that the program does not give."""
    known = labels_by_name()
    found: list[str] = []
    selected: set[str] = set()
    grouped: set[str] = set()

    def visit(each: Any) -> None:
        if isinstance(each, promql_parser.VectorSelector):
            name = each.name or ""
            if name not in known:
                found.append(f"{name} is no metric of the program")
                return
            selected.update(known[name])
            asked = {matcher.name for matcher in each.matchers.matchers}
            found.extend(f"{name} has no label {label}" for label in asked - known[name] - OF_PROMETHEUS)
        elif isinstance(each, promql_parser.AggregateExpr) and each.modifier is not None:
            grouped.update(each.modifier.labels)

    promql_parser.walk(promql_parser.parse(query), visit)
    found.extend(f"nothing here has the label {label}" for label in grouped - selected - OF_PROMETHEUS)
    return found


QUERIES = list(queries())


@pytest.mark.parametrize(("purpose", "query"), QUERIES, ids=[purpose for purpose, _ in QUERIES])
def test_a_query_is_sound_and_names_what_there_is(purpose: str, query: str) -> None:
    assert faults(query) == []


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ("iomconnector_oldest_due_second", "iomconnector_oldest_due_second is no metric of the program"),
        ('iomconnector_exports_open{stat="due"}', "iomconnector_exports_open has no label stat"),
        ("sum by (shop) (iomconnector_exports_open)", "nothing here has the label shop"),
        ("iomconnector_attempt_seconds", "iomconnector_attempt_seconds is no metric of the program"),
    ],
)
def test_a_wrong_name_is_found(query: str, fault: str) -> None:
    assert faults(query) == [fault]


def test_a_query_that_cannot_be_read_is_found() -> None:
    with pytest.raises(ValueError, match="unclosed left parenthesis"):
        faults("sum by (channel (iomconnector_exports_open)")


def test_every_metric_is_on_the_dashboard() -> None:
    shown = " ".join(target["expr"] for panel in panels() for target in panel["targets"])
    missing = [
        each.name
        for each in described_metrics()
        if not re.search(rf"\b{each.name}(_bucket|_sum|_count)?\b", shown)
    ]
    assert missing == []


def test_the_panels_have_titles_places_and_numbers_of_their_own() -> None:
    found = list(panels())
    assert len({panel["id"] for panel in found}) == len({panel["title"] for panel in found}) == len(found)
    taken: set[tuple[int, int]] = set()
    for panel in found:
        place = panel["gridPos"]
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        assert place["x"] + place["w"] <= 24
        taken |= cells


def anchors_of(document: Path) -> set[str]:
    """The anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def test_each_alert_says_what_it_is_how_bad_it_is_and_where_to_read_on() -> None:
    anchors = anchors_of(RUNBOOKS)
    names = [rule["alert"] for rule in rules()]
    assert len(set(names)) == len(names)
    for rule in rules():
        told = rule["annotations"]
        assert rule["labels"]["severity"] in ("critical", "warning"), rule["alert"]
        assert told["summary"], rule["alert"]
        assert told["description"], rule["alert"]
        file, _, anchor = told["runbook_url"].partition("#")
        assert file == "docs/operators.md", rule["alert"]
        assert anchor in anchors, f"{rule['alert']}: {RUNBOOKS} has no heading for #{anchor}"


def test_the_documentation_lists_every_metric() -> None:
    assert metrics_table() in DOCUMENT.read_text(), f"Put this into {DOCUMENT}:\n{metrics_table()}"


def test_the_examples_of_the_documentation_are_sound() -> None:
    examples = re.findall(r"```promql\n(.*?)```", DOCUMENT.read_text(), flags=re.DOTALL)
    found = [query for block in examples for query in re.split(r"\n\n|#[^\n]*\n", block) if query.strip()]
    assert len(found) >= 5
    assert [(query, faults(query)) for query in found if faults(query)] == []


def promtool() -> str | None:
    return os.environ.get("PROMTOOL") or shutil.which("promtool")


@pytest.mark.skipif(promtool() is None, reason="There is no promtool: apt-get install prometheus.")
def test_promtool_takes_the_rules_and_their_tests() -> None:
    program = promtool()
    assert program is not None
    for arguments in (("check", "rules", ALERTS), ("test", "rules", ALERT_TESTS)):
        done = subprocess.run(
            [program, *map(str, arguments)], cwd=DEPLOYED, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
