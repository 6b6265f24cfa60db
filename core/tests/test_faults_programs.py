"""Programs that a test kills, pauses and restarts; plans that strike; clocks that jump."""

import random
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from iomconnector.testing.faults.conditions import WaitedInVainError, until
from iomconnector.testing.faults.programs import Program, ProgramEndedError
from iomconnector.testing.faults.shifted_clock import ShiftedClock, command, set_clock
from iomconnector.testing.faults.strikes import FaultPlan, Strike

COUNTING = """
import itertools, time
print("ready", flush=True)
for number in itertools.count():
    print(number, flush=True)
    time.sleep(0.01)
"""
OBEDIENT = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print("ready", flush=True)
signal.pause()
"""


def _program(tmp_path: Path, script: str, name: str = "counting") -> Program:
    return Program(name, [sys.executable, "-c", script], logs=tmp_path / "logs", ready="^ready")


def test_a_killed_program_leaves_what_it_said_and_starts_again(tmp_path: Path) -> None:
    with _program(tmp_path, COUNTING) as program:
        program.start()
        until(lambda: "\n3\n" in program.said, "it counts")
        program.kill()
        first = program.said
        program.start()
        assert program.kills == 1
    assert (tmp_path / "logs" / "counting.1.log").read_text() == first
    assert (tmp_path / "logs" / "counting.2.log").exists()


def test_a_paused_program_does_nothing_and_then_goes_on(tmp_path: Path) -> None:
    with _program(tmp_path, COUNTING) as program:
        program.start()
        program.pause()
        state = Path(f"/proc/{program.pid}/stat")
        until(lambda: state.read_text().rsplit(")", 1)[1].split()[0] == "T", "it stands still")
        so_far = program.said
        assert program.runs
        program.resume()
        until(lambda: len(program.said) > len(so_far), "it goes on")


def test_a_program_that_is_asked_to_stop_tells_its_exit_code(tmp_path: Path) -> None:
    with _program(tmp_path, OBEDIENT) as program:
        assert program.stop() == 0, "it was never started"
        program.start()
        assert program.stop() == 7
        assert program.kills == 0


def test_a_program_dies_with_the_test_that_was_killed(tmp_path: Path) -> None:
    script = f"""
import sys
from pathlib import Path
from iomconnector.testing.faults.programs import Program
program = Program("inner", [sys.executable, "-c", {COUNTING!r}], logs=Path(sys.argv[1]), ready="^ready")
print(program.start().pid, flush=True)
print("ready", flush=True)
sys.stdin.read()
import time
time.sleep(600)
"""
    command = [sys.executable, "-c", script, str(tmp_path / "inner")]
    with Program("outer", command, logs=tmp_path, ready="ready") as outer:
        outer.start()
        inner = Path(f"/proc/{outer.said.split()[0]}")
        assert inner.exists()
        outer.kill()
        until(lambda: not inner.exists(), "the inner program is gone")


def test_a_program_that_ends_before_it_is_ready_says_why(tmp_path: Path) -> None:
    program = _program(tmp_path, "import sys; sys.exit('no port is free')")
    with pytest.raises(ProgramEndedError, match="no port is free"):
        program.start()


def test_waiting_in_vain_is_an_error_that_says_for_what() -> None:
    with pytest.raises(WaitedInVainError, match=r"0\.01 s in vain until pigs fly"):
        until(lambda: False, "pigs fly", seconds=0.01)


def _struck(seed: int) -> list[tuple[str, float]]:
    struck: list[tuple[str, float]] = []

    def act(name: str) -> Strike:
        return Strike(name, lambda chance: struck.append((name, chance.random())), weight=len(name))

    plan = FaultPlan([act("a"), act("bb"), act("cccc")], seed=seed, pause=(0, 0))
    plan.run(lambda: False, at_least=70)
    assert plan.done.total() == 70
    assert plan.done["a"] < plan.done["cccc"]
    return struck


def test_the_same_seed_strikes_in_the_same_way() -> None:
    assert _struck(3) == _struck(3)
    assert _struck(3) != _struck(4)


def test_strikes_go_on_for_as_long_as_there_is_work() -> None:
    left = [4]

    def work(_: random.Random) -> None:
        left[0] -= 1

    plan = FaultPlan([Strike("work", work)], seed=1, pause=(0, 0))
    plan.run(lambda: left[0] > 0)
    assert plan.done == {"work": 4}


def test_a_clock_jumps_when_its_file_says_so(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    set_clock(file, 0)
    clock = ShiftedClock(file)
    assert abs((clock.now() - datetime.now(UTC)).total_seconds()) < 60
    set_clock(file, 3600)
    assert 3500 < (clock.now() - datetime.now(UTC)).total_seconds() < 3700
    set_clock(file, -3600)
    assert -3700 < (clock.now() - datetime.now(UTC)).total_seconds() < -3500


def test_the_command_line_runs_on_a_shifted_clock(tmp_path: Path) -> None:
    file = tmp_path / "clock"
    set_clock(file, 0)
    program = Program("shifted", command(file, "--help"), logs=tmp_path)
    program.begin()
    assert program.wait() == 0
    assert "dbprepare" in program.said
