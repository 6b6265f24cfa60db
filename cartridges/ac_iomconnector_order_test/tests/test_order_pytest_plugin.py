"""The pytest plugin in runs of its own."""

import subprocess
import sys
from importlib.metadata import entry_points

import pytest

pytest_plugins = ["pytester"]

_PLUGIN = "ac_iomconnector_order_test.pytest_plugin"


_ARGUMENTS = ("-q", "-p", "no:cacheprovider", "-p", _PLUGIN)


def _run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_inprocess(*_ARGUMENTS, *arguments)


def _run_apart(pytester: pytest.Pytester) -> pytest.RunResult:
    """In a process of its own: runs that import the referee import PyYAML's C loader, which goes but once."""
    return pytester.runpytest_subprocess(*_ARGUMENTS)


@pytest.fixture
def isolated(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A project in which the plugin is the only one."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return pytester


_SHOWS_VERSION = "def test_version(order_api_version):\n    print('version', order_api_version)\n"


@pytest.mark.parametrize(
    ("arguments", "configuration", "versions"),
    [
        ([], "", ["2.0", "2.2", "2.4"]),
        (["--order-api-version", "2.1", "--order-api-version", "2.3"], "", ["2.1", "2.3"]),
        ([], "order_api_versions =\n    2.4\n    2.1\n", ["2.4", "2.1"]),
        (["--order-api-version=2.0"], "order_api_versions = 2.4\n", ["2.0"]),
    ],
)
def test_a_test_runs_once_for_each_version(
    isolated: pytest.Pytester, arguments: list[str], configuration: str, versions: list[str]
) -> None:
    isolated.makeini(f"[pytest]\n{configuration}")
    isolated.makepyfile(_SHOWS_VERSION)
    result = _run(isolated, "-s", *arguments)
    result.assert_outcomes(passed=len(versions))
    shown = [line.split()[-1] for line in result.outlines if "version 2" in line]
    assert [line.rstrip(".") for line in shown] == versions


def test_a_test_may_name_its_versions_itself(isolated: pytest.Pytester) -> None:
    isolated.makepyfile(
        "import pytest\n"
        "@pytest.mark.parametrize('order_api_version', ['2.3'])\n"
        "def test_one(order_api_version):\n"
        "    assert order_api_version == '2.3'\n"
        "@pytest.mark.parametrize('a,order_api_version', [(1, '2.0'), (2, '2.4')])\n"
        "def test_two(a, order_api_version):\n"
        "    assert order_api_version in '2.0 2.4'\n"
    )
    _run(isolated).assert_outcomes(passed=3)


def test_wider_fixtures_may_depend_on_the_version(isolated: pytest.Pytester) -> None:
    isolated.makepyfile(
        "import pytest\n"
        "@pytest.fixture(scope='module')\n"
        "def server(order_api_version):\n"
        "    return order_api_version\n"
        "def test_server(server, order_api_version):\n"
        "    assert server == order_api_version\n"
    )
    _run(isolated).assert_outcomes(passed=3)


def test_an_unknown_version_is_refused(isolated: pytest.Pytester) -> None:
    isolated.makepyfile(_SHOWS_VERSION)
    result = _run(isolated, "--order-api-version", "2.9")
    assert result.ret == pytest.ExitCode.USAGE_ERROR
    isolated.makeini("[pytest]\norder_api_versions = 2.9\n")
    result = _run(isolated)
    assert result.ret != pytest.ExitCode.OK
    result.stdout.fnmatch_lines(["*2.9 is no version of the Order API; use some of 2.0*"])


_RECORDS = """
from ac_iomconnector_order_test.exchange import exchange
from ac_iomconnector_order_test.record import Judged
from ac_iomconnector_order_test.referee import Referee

def test_recording(referee_record):
    referee = Referee("2.4")
    seen = exchange("GET", "/rest/order-service/shops/1/orders/2", status={status})
    referee_record.append(Judged(seen, (), referee.judge_response(seen)))
"""


def test_the_record_is_judged_at_the_end_of_the_test(isolated: pytest.Pytester) -> None:
    isolated.makepyfile(_RECORDS.format(status=404))
    _run_apart(isolated).assert_outcomes(passed=1)
    isolated.makepyfile(_RECORDS.format(status=409))
    result = _run_apart(isolated)
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*1 of 1 exchanges break the Order API:*", "*status = 409*is not declared*"])


def test_an_untouched_record_is_clean(isolated: pytest.Pytester) -> None:
    isolated.makepyfile("def test_nothing(referee_record):\n    assert referee_record == []\n")
    _run(isolated).assert_outcomes(passed=1)


def test_the_plugin_is_installed_with_the_distribution() -> None:
    (found,) = entry_points(group="pytest11", name="ac_iomconnector_order_test")
    assert found.value == _PLUGIN


def test_loading_the_plugin_imports_nothing_heavy() -> None:
    code = (
        f"import sys; import {_PLUGIN};"
        "print(*sorted(m for m in sys.modules if m.partition('.')[0] in "
        "{'jsonschema', 'openapi_schema_validator', 'yaml', 'hypothesis', 'iomconnector', 'starlette'}))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert loaded.stdout.strip() == ""
