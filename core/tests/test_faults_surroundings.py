"""Relays that cut, servers that crash and fail over, disks that are full: each does what it is made for."""

import os
import socket
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from iomconnector.testing.faults.conditions import until
from iomconnector.testing.faults.postgresql_servers import FaultyPostgresql, faulty_postgresql, url_of_all
from iomconnector.testing.faults.relay import Relay, free_port
from iomconnector.testing.faults.sqlite_files import NoDiskError, SmallDisk, can_mount, locked

ANSWER = b"x" * 5000


@pytest.fixture
def echo() -> Iterator[int]:
    """The port of a server that answers each line with 5,000 bytes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer(connection: socket.socket) -> None:
            with connection, connection.makefile("rb") as lines:
                try:
                    for _ in lines:
                        connection.sendall(ANSWER)
                except OSError:
                    return

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _call(port: int, timeout: float = 30) -> bytes:
    with socket.create_connection(("127.0.0.1", port), timeout) as connection:
        connection.sendall(b"hello\n")
        got = b""
        while len(got) < len(ANSWER):
            part = connection.recv(65536)
            if not part:
                break
            got += part
        return got


def test_a_relay_passes_on_what_it_gets(echo: int) -> None:
    with Relay(echo) as relay:
        assert _call(relay.port) == ANSWER
        assert relay.cuts == 0


def test_a_relay_cuts_an_answer_in_the_middle(echo: int) -> None:
    with Relay(echo) as relay:
        relay.cut_answers_after(2000)
        with pytest.raises(ConnectionResetError):
            _call(relay.port)
        until(lambda: relay.cuts == 1, "it is counted")
        relay.go_on()
        assert _call(relay.port) == ANSWER


def test_a_relay_that_is_half_up_accepts_and_says_nothing(echo: int) -> None:
    with Relay(echo) as relay:
        relay.fall_silent()
        with pytest.raises(TimeoutError):
            _call(relay.port, timeout=0.2)
        with socket.create_connection(("127.0.0.1", relay.port), 30) as waiting:
            waiting.sendall(b"hello\n")
            relay.go_on()
            assert waiting.recv(1) == b"x"
            assert relay.cut() >= 1


def test_a_relay_to_nowhere_resets() -> None:
    with Relay(free_port()) as relay, pytest.raises(OSError):
        _call(relay.port)


@pytest.fixture(scope="module")
def postgresql() -> Iterator[FaultyPostgresql]:
    with faulty_postgresql() as server:
        server.run("CREATE TABLE kept (number int)")
        yield server


def test_a_server_keeps_what_it_committed_through_crashes_and_restarts(postgresql: FaultyPostgresql) -> None:
    postgresql.run("INSERT INTO kept VALUES (1)")
    postgresql.crash()
    with pytest.raises(OSError):
        postgresql.value("SELECT 1")
    postgresql.start()
    postgresql.run("INSERT INTO kept VALUES (2)")
    postgresql.stop_fast()
    postgresql.start()
    assert postgresql.value("SELECT array_agg(number ORDER BY number) FROM kept") == [1, 2]


def test_a_paused_server_does_not_answer_and_then_goes_on(postgresql: FaultyPostgresql) -> None:
    answers: list[object] = []
    postgresql.pause()
    asking = threading.Thread(target=lambda: answers.append(postgresql.value("SELECT 5")))
    asking.start()
    asking.join(0.2)
    assert asking.is_alive()
    postgresql.resume()
    asking.join(30)
    assert answers == [5]


def test_sessions_can_be_ended_from_outside(postgresql: FaultyPostgresql) -> None:
    sleeper: list[BaseException] = []

    def sleep() -> None:
        try:
            postgresql.value("SELECT pg_sleep(60)")
        except Exception as error:
            sleeper.append(error)

    sleeping = threading.Thread(target=sleep)
    sleeping.start()
    count = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(60)' AND state = 'active'"
    until(lambda: postgresql.value(count), "somebody sleeps")
    postgresql.throw_everybody_out()
    sleeping.join(30)
    assert "terminating connection" in str(sleeper[0])


def test_a_standby_takes_over_with_everything_that_was_committed() -> None:
    with faulty_postgresql() as primary:
        primary.run("CREATE TABLE kept (number int)")
        standby = primary.standby()
        primary.run("INSERT INTO kept VALUES (1)")
        primary.crash()
        standby.promote()
        standby.run("INSERT INTO kept VALUES (2)")
        assert standby.value("SELECT count(*) FROM kept") == 2
        url = url_of_all(primary, standby, database="shop", password="geheim")
        assert f"host=127.0.0.1%3A{standby.port}" in url
        assert "target_session_attrs=read-write" in url


def test_a_locked_file_lets_nobody_write(tmp_path: Path) -> None:
    file = tmp_path / "shop.sqlite"
    with closing(sqlite3.connect(file, timeout=0.05)) as other:
        other.execute("CREATE TABLE orders (number)")
        with locked(file), pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("INSERT INTO orders VALUES (1)")
        other.execute("INSERT INTO orders VALUES (1)")


def test_a_small_disk_is_full_and_then_has_room(tmp_path: Path) -> None:
    if not can_mount(tmp_path):
        with pytest.raises(NoDiskError):
            SmallDisk(tmp_path / "disk", size=1 << 20)
        return
    with SmallDisk(tmp_path / "disk", size=1 << 20) as disk:
        file = disk.directory / "file"
        disk.fill()
        with pytest.raises(OSError, match="No space left"):
            file.write_bytes(b"x" * 100)
        disk.free()
        file.write_bytes(b"x" * 100)
        with disk.read_only(), pytest.raises(OSError, match="Read-only"):
            file.write_bytes(b"y")
        assert file.read_bytes() == b"x" * 100
    assert not os.path.ismount(tmp_path / "disk")
