"""``iomconnector dbprepare`` and ``dbinit`` as operators call them."""

import json
import re
import signal
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bc_order.testing.shop import Ended, Shop, wait_until
from iomconnector.storage.schema import CORE_SCHEMA

CONTENT = """
from pathlib import Path
from iomconnector.ports.preparation_protocol import Mode, Phase
from iomconnector.storage.preparation import Preparer


async def prepare(application):
    return Path("{name}.txt").read_text()


@hookimpl
def iomconnector_preparers():
    return [{preparers}]
"""

RATES = 'Preparer("rates", prepare)'


class PreparingShop(Shop):
    """A shop whose assembly has two cartridges with content, both of them in the database list."""

    def __init__(self, directory: Path) -> None:
        super().__init__(directory)
        self.write_cartridge("tax_rules", RATES, 'Preparer("countries", prepare, Phase.PRE)')
        self.write_cartridge("tax_demo", 'Preparer("examples", prepare, Phase.POST)')
        self.write_cartridge("unlisted", RATES)
        self.write("tax_rules.txt", "12 rates")
        (directory / "assemblies" / "test-shop.toml").write_text(
            '[assembly]\nname = "test-shop"\n\n[[include]]\n'
            'cartridges = ["tax_rules", "tax_demo", "unlisted"]\n\n'
            '[database]\ninit = ["tax_rules", "tax_demo"]\n'
        )

    def write_cartridge(self, name: str, *preparers: str) -> Path:
        """Write a cartridge whose preparers return what stands in a file of its name."""
        return self.site.add(name, CONTENT.format(name=name, preparers=", ".join(preparers)))

    @property
    def database(self) -> Path:
        """Its database."""
        return self.data / "shop.sqlite"


@pytest.fixture
def shop(tmp_path: Path) -> PreparingShop:
    return PreparingShop(tmp_path)


def told(ended: Ended) -> list[str]:
    """The lines of standard output, without the times."""
    return [re.sub(r" \(\d+\.\d+ s\)", "", line) for line in ended.out.splitlines()]


def test_a_plan_says_what_would_run_and_makes_no_database(shop: PreparingShop) -> None:
    ended = shop.run("dbprepare", "--plan", variables={"COLUMNS": "200"})
    assert (ended.code, ended.err) == (0, "")
    rows = [re.split(r"  +", line.strip()) for line in ended.out.splitlines()]
    unknown = "the database does not know the cartridge"
    assert rows == [
        ["Mode auto: 4 of 5 steps would run"],
        ["Phase", "Cartridge", "Step", "Runs", "Why"],
        [
            "pre",
            "iomconnector",
            f"schema {CORE_SCHEMA.newest}",
            "init",
            "the database has no tables yet",
        ],
        ["pre", "tax_rules", "countries", "init", unknown],
        ["main", "tax_rules", "rates", "init", unknown],
        ["main", "unlisted", "rates", "-", "not in the assembly's database list"],
        ["post", "tax_demo", "examples", "init", unknown],
    ]
    planned = shop.json("dbprepare", "--plan", "--mode", "migrate", "--cartridges", "tax_demo")
    assert [(each["cartridge"], each["runs"]) for each in planned["steps"]] == [
        ("iomconnector", True),
        ("tax_rules", False),
        ("tax_rules", False),
        ("unlisted", False),
        ("tax_demo", False),
    ]
    assert planned["steps"][4]["location"] == f"{shop.site.folder / 'tax_demo' / 'cartridge.py'}:11"
    assert shop.run("dbprepare", "--protocol").out.startswith("Nothing is recorded.")
    assert not shop.data.exists()


def test_each_step_is_a_line_and_a_second_run_does_nothing(shop: PreparingShop) -> None:
    shop.write("tax_demo.txt", "3 examples")
    ended = shop.run("dbprepare")
    assert (ended.code, ended.err) == (0, "")
    newest = CORE_SCHEMA.newest
    assert told(ended)[:4] == [
        f"pre  iomconnector: schema {newest} ... made at revision {newest}",
        "pre  tax_rules: countries ... 12 rates",
        "main tax_rules: rates ... 12 rates",
        "post tax_demo: examples ... 3 examples",
    ]
    assert re.fullmatch(
        r"Prepared: 4 steps done, 1 of 5 did not have to run \(\d+\.\d s\)\.", told_last(ended)
    )
    again = shop.run("dbprepare")
    assert (again.code, again.err) == (0, "")
    assert again.out.startswith("Nothing to do: no step of 5 runs; see --plan for the reasons")
    assert shop.json("dbprepare") == {"complete": True, "steps": [], "registered": []}


def told_last(ended: Ended) -> str:
    """The last line of standard output."""
    return ended.out.splitlines()[-1]


def test_the_protocol_shows_what_was_done(shop: PreparingShop) -> None:
    shop.write("tax_demo.txt", "3 examples")
    assert shop.run("dbprepare").code == 0
    protocol = shop.json("dbprepare", "--protocol")
    assert [(each["cartridge"], each["version"]) for each in protocol["cartridges"]] == [
        ("tax_demo", "1.0"),
        ("tax_rules", "1.0"),
    ]
    last = protocol["steps"][-1]
    assert {name: last[name] for name in ("cartridge", "version", "phase", "step", "mode", "outcome")} == {
        "cartridge": "tax_demo",
        "version": "1.0",
        "phase": "post",
        "step": "examples",
        "mode": "init",
        "outcome": "done",
    }
    assert (last["message"], last["pid"] > 0, bool(last["host"])) == ("3 examples", True, True)
    assert last["started_at"] <= last["finished_at"]
    table = shop.run("dbprepare", "--protocol", variables={"COLUMNS": "80"})
    assert (table.code, table.err) == (0, "")
    assert re.search(r"tax_demo 1\.0 +init: done +3 examples *\n +post: examples +\d\.\d\d s *\n", table.out)
    assert max(map(len, table.out.splitlines())) <= 80
    assert told_last(table) == "Initialized by: tax_demo 1.0, tax_rules 1.0."
    one = shop.json("dbprepare", "--protocol", "--cartridges", "tax_demo")
    assert [each["cartridge"] for each in one["steps"]] == ["tax_demo"]


@pytest.mark.parametrize("question", [["--plan"], []])
def test_a_database_of_a_newer_release_is_left_alone(shop: PreparingShop, question: list[str]) -> None:
    shop.write("tax_demo.txt", "3 examples")
    assert shop.run("dbprepare").code == 0
    with closing(sqlite3.connect(shop.data / "shop.sqlite")) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    refused = shop.run("dbprepare", *question)
    assert (refused.code, refused.out) == (4, "")
    assert "are at revision 9999, which this release does not know" in refused.err
    assert refused.err.endswith("Run the release that prepared this database, or a newer one.\n")


def test_a_failing_step_ends_with_exit_code_1_and_the_next_run_continues_with_it(shop: PreparingShop) -> None:
    ended = shop.run("dbprepare")
    assert ended.code == 1
    assert told(ended)[-2:] == ["main tax_rules: rates ... 12 rates", "post tax_demo: examples ... failed"]
    place = shop.site.folder / "tax_demo" / "cartridge.py"
    assert ended.err.startswith(
        "error: The step 'examples' of tax_demo failed in the phase post: FileNotFoundError: "
    )
    assert f"It is defined at {place}:11, and failed at {place}:12." in ended.err
    assert ended.err.endswith("run `iomconnector dbprepare` again: it continues with this step.\n")
    failed = shop.run("dbprepare", "--format", "json")
    assert (failed.code, failed.err) == (1, ended.err)
    document = json.loads(failed.out)
    assert document["complete"] is False
    assert [(each["step"], each["outcome"]) for each in document["steps"]] == [("examples", "failed")]
    shop.write("tax_demo.txt", "3 examples")
    mended = shop.run("dbprepare")
    assert (mended.code, told(mended)[:-1]) == (0, ["post tax_demo: examples ... 3 examples"])


def test_an_interrupted_step_ends_with_exit_code_130_and_runs_again(shop: PreparingShop) -> None:
    waiting = "import asyncio\n" + CONTENT.format(name="tax_demo", preparers=RATES).replace(
        "return Path", "Path('begun').touch(); await asyncio.sleep(60); return Path"
    )
    shop.site.add("tax_demo", waiting)
    with shop.running("dbprepare") as command:
        wait_until((shop.directory / "begun").exists, "the step begins")
        command.signal(signal.SIGINT)
        assert command.wait(60) == 130
        assert command.out.endswith("main tax_demo: rates ... \n")
        assert command.err == "Interrupted. What was committed stays.\n"
    last = shop.json("dbprepare", "--protocol")["steps"][-1]
    assert (last["outcome"], last["message"]) == ("failed", "Interrupted.")
    shop.write("tax_demo.txt", "3 examples")
    shop.write_cartridge("tax_demo", RATES)
    assert told(shop.run("dbprepare"))[0] == "main tax_demo: rates ... 3 examples"


@pytest.mark.parametrize("arguments", [["-t=tax_rules"], ["-t", "tax_rules"], ["--cartridges=tax_rules"]])
def test_dbinit_prepares_the_cartridges_named_and_then_the_others(
    shop: PreparingShop, arguments: list[str]
) -> None:
    shop.write("tax_demo.txt", "3 examples")
    some = shop.run("dbinit", *arguments)
    assert (some.code, some.err) == (0, "")
    assert [line.partition(" ...")[0] for line in told(some)[1:-1]] == [
        "pre  tax_rules: countries",
        "main tax_rules: rates",
    ]
    full = shop.run("dbinit")
    assert (full.code, told(full)[:-1]) == (0, ["post tax_demo: examples ... 3 examples"])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-t=tax_rules,", "tax_demo"], 'There is a blank before "tax_demo".'),
        (["-t=tax_rules, tax_demo"], '"tax_rules, tax_demo" has blanks.'),
        (["-t=tax_rules,,tax_demo"], '"tax_rules,,tax_demo" has a comma too many'),
        (["-t="], '"" has a comma too many, or names no cartridge.'),
        (
            ["-t=tax_rule"],
            '"tax_rule" is not in the database list of the assembly. Did you mean "tax_rules"?',
        ),
        (
            ["-t=unlisted"],
            '"unlisted" is not in the database list of the assembly. It lists tax_rules, tax_demo.',
        ),
    ],
)
def test_dbinit_refuses_what_it_cannot_understand(
    shop: PreparingShop, arguments: list[str], said: str
) -> None:
    ended = shop.run("dbinit", *arguments, variables={"COLUMNS": "200"})
    assert (ended.code, ended.out) == (2, "")
    assert said in " ".join(ended.err.split())
    assert not shop.data.exists()


def test_dbprepare_refuses_what_it_cannot_understand(shop: PreparingShop) -> None:
    for arguments in (["--mode", "full"], ["--plan", "--protocol"], ["--cartridges", "nowhere"], ["-t="]):
        ended = shop.run("dbprepare", *arguments)
        assert (ended.code, ended.out) == (2, "")
    assert not shop.data.exists()


def test_an_unusable_preparer_is_told_with_exit_code_3_and_nothing_is_made(shop: PreparingShop) -> None:
    module = shop.write_cartridge("tax_demo", 'Preparer("", prepare)')
    for arguments in ([], ["--plan"]):
        ended = shop.run("dbprepare", *arguments)
        assert (ended.code, ended.out) == (3, "")
        assert ended.err.startswith(f"error: tax_demo: {module}:11: the preparer '' needs a name of 1 to 200")
    shop.write_cartridge("tax_demo", RATES, RATES)
    twice = shop.run("dbprepare")
    assert (twice.code, twice.out) == (3, "")
    assert f"tax_demo: {module}:" in twice.err
    assert "'rates'" in twice.err
    assert not shop.data.exists()


def test_without_a_place_for_the_database_the_exit_code_is_4(shop: PreparingShop) -> None:
    shop.write("data", "a file stands here")
    ended = shop.run("dbprepare")
    assert (ended.code, ended.out) == (4, "")
    assert "The database cannot be made in " in ended.err
