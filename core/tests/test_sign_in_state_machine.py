"""Signing in against a plain re-statement of its rules, whatever is done in whatever order and how fast."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule

from iomconnector.errors import NotFoundError
from iomconnector.model.accounts import Role
from iomconnector.ports.account_repository import AccountExistsError, LastAdministratorError
from iomconnector.testing.hypothesis_profiles import examples
from iomconnector.testing.sign_in_stage import SignInStage, rules
from iomconnector.usecases.password_proof import SignInRefusedError
from iomconnector.usecases.sign_in import Session

T = TypeVar("T")

MINUTE = timedelta(minutes=1)
ACCOUNT_LIMIT, ADDRESS_LIMIT = 3, 5
NAMES = ("anna", "bert", "carl")
PASSWORDS = ("password number one", "password number two")
CLIENTS = ("192.0.2.1", "192.0.2.2")


@dataclass
class Guarded:
    """A name or an address: the failures in a row, and the lock."""

    limit: int
    row: int = 0
    last: datetime | None = None
    locks: int = 0
    until: datetime | None = None

    def lets_through(self, now: datetime) -> bool:
        """Whether an attempt goes on; it counts as failed then."""
        if self.until is not None and now < self.until:
            return False
        if self.last is not None and now - self.last > 15 * MINUTE:
            self.row = 0
        if self.until is not None and now - self.until > timedelta(days=1):
            self.locks = 0
        self.row %= self.limit
        self.row += 1
        self.last = now
        if self.row == self.limit:
            self.locks += 1
            self.until = now + min(MINUTE * 2 ** (self.locks - 1), 60 * MINUTE)
        return True

    def take_back(self, now: datetime) -> None:
        """The attempt succeeded."""
        if self.row == self.limit and self.until is not None and now < self.until:
            self.locks -= 1
            self.until = now
        self.row -= 1


@dataclass
class Person:
    """An account."""

    password: str
    role: Role
    active: bool = True


@dataclass
class Open:
    """A session."""

    account: str
    person: Person
    opened: datetime
    seen: datetime
    over: bool = False


@dataclass
class Rules:
    """What has to be true, said once more."""

    people: dict[str, Person] = field(default_factory=dict)
    sessions: dict[str, Open] = field(default_factory=dict)
    names: dict[str, Guarded] = field(default_factory=dict)
    clients: dict[str, Guarded] = field(default_factory=dict)

    def lets_in(self, name: str, password: str, client: str, now: datetime) -> bool:
        """Whether a sign-in succeeds."""
        address = self.clients.setdefault(client, Guarded(ADDRESS_LIMIT))
        if not address.lets_through(now):
            return False
        allowed = self.names.setdefault(name, Guarded(ACCOUNT_LIMIT)).lets_through(now)
        person = self.people.get(name)
        if not allowed or person is None or not person.active or person.password != password:
            return False
        address.take_back(now)
        del self.names[name]
        return True

    def end_sessions(self, name: str) -> None:
        """Every session of an account is over."""
        for session in self.sessions.values():
            session.over |= session.account == name

    def administrators(self) -> set[str]:
        """Who may change accounts."""
        return {name for name, each in self.people.items() if each.active and each.role is Role.ADMINISTRATOR}


class SignInMachine(RuleBasedStateMachine):
    """Does things to accounts and sessions, and compares with the rules."""

    tokens: Bundle[str] = Bundle("tokens")

    @initialize(role=st.sampled_from(Role))
    def begin(self, role: Role) -> None:
        self.stage = SignInStage(rules(account=ACCOUNT_LIMIT, address=ADDRESS_LIMIT))
        self.expected = Rules()
        self.add("anna", PASSWORDS[0], role)

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run(work)

    @property
    def now(self) -> datetime:
        return self.stage.clock.now()

    @rule(name=st.sampled_from(NAMES), password=st.sampled_from(PASSWORDS), role=st.sampled_from(Role))
    def add(self, name: str, password: str, role: Role) -> None:
        try:
            self.do(self.stage.accounts.add(name, password, role, by="machine"))
        except AccountExistsError:
            assert name in self.expected.people
        else:
            assert name not in self.expected.people
            self.expected.people[name] = Person(password, role)

    @rule(
        target=tokens,
        name=st.sampled_from((*NAMES, "nobody")),
        password=st.sampled_from(PASSWORDS),
        client=st.sampled_from(CLIENTS),
        times=st.integers(1, 4),
    )
    def sign_in(self, name: str, password: str, client: str, times: int) -> Any:
        return multiple(*(token for _ in range(times) if (token := self._sign_in(name, password, client))))

    def _sign_in(self, name: str, password: str, client: str) -> str | None:
        let_in = self.expected.lets_in(name, password, client, self.now)
        try:
            session: Session = self.do(self.stage.sign_in(name, password, client=client))
        except SignInRefusedError:
            assert not let_in
            return None
        assert let_in
        assert session.token not in self.expected.sessions
        person = self.expected.people[name]
        self.expected.sessions[session.token] = Open(name, person, self.now, self.now)
        return session.token

    @rule(token=tokens)
    def use(self, token: str) -> None:
        known = self.expected.sessions[token]
        idle = self.now - known.seen >= 30 * MINUTE
        known.over |= idle or self.now - known.opened >= timedelta(hours=12)
        session = self.do(self.stage.signing.recognize(token))
        assert (session is None) == known.over
        if session is not None:
            assert (session.account.name, session.account.role) == (known.account, known.person.role)
            known.seen = self.now

    @rule(token=tokens)
    def sign_out(self, token: str) -> None:
        self.do(self.stage.signing.sign_out(token))
        self.expected.sessions[token].over = True

    @rule(name=st.sampled_from(NAMES), password=st.sampled_from(PASSWORDS))
    def set_password(self, name: str, password: str) -> None:
        if self._changes(name, self.stage.accounts.set_password(name, password, by="machine")):
            self.expected.people[name].password = password
            self.expected.names.pop(name, None)
            self.expected.end_sessions(name)

    @rule(name=st.sampled_from(NAMES), role=st.sampled_from(Role))
    def set_role(self, name: str, role: Role) -> None:
        steps_down = role is not Role.ADMINISTRATOR
        if self._changes(name, self.stage.accounts.set_role(name, role, by="machine"), steps_down=steps_down):
            person = self.expected.people[name]
            if person.role is not role:
                self.expected.end_sessions(name)
            person.role = role

    @rule(name=st.sampled_from(NAMES), active=st.booleans())
    def set_active(self, name: str, active: bool) -> None:
        accounts = self.stage.accounts
        change = accounts.activate(name, by="machine") if active else accounts.deactivate(name, by="machine")
        if self._changes(name, change, steps_down=not active):
            person = self.expected.people[name]
            if person.active is not active:
                self.expected.end_sessions(name)
            person.active = active

    @rule(name=st.sampled_from(NAMES))
    def remove(self, name: str) -> None:
        if self._changes(name, self.stage.accounts.remove(name, by="machine"), steps_down=True):
            self.expected.end_sessions(name)
            del self.expected.people[name]
            self.expected.names.pop(name, None)

    @rule(name=st.sampled_from(NAMES))
    def unlock(self, name: str) -> None:
        if self._changes(name, self.stage.accounts.unlock(name, by="machine")):
            self.expected.names.pop(name, None)

    @rule(minutes=st.sampled_from((0.5, 1, 2, 14, 16, 29, 31, 60, 60 * 13, 60 * 25)))
    def wait(self, minutes: float) -> None:
        self.stage.clock.advance(minutes * MINUTE)

    def _changes(self, name: str, change: Coroutine[Any, Any, object], *, steps_down: bool = False) -> bool:
        last = steps_down and self.expected.administrators() == {name}
        try:
            self.do(change)
        except NotFoundError:
            assert name not in self.expected.people
            return False
        except LastAdministratorError:
            assert last
            return False
        assert not last
        assert name in self.expected.people
        return True

    @invariant()
    def accounts_are_what_they_should_be(self) -> None:
        if not hasattr(self, "expected"):
            return
        shown = {each.name: (each.role, each.active) for each in self.do(self.stage.accounts.all())}
        assert shown == {name: (each.role, each.active) for name, each in self.expected.people.items()}

    @invariant()
    def locks_are_what_they_should_be(self) -> None:
        if not hasattr(self, "expected"):
            return
        for account in self.do(self.stage.accounts.all()):
            guarded = self.expected.names.get(account.name)
            until = guarded.until if guarded and guarded.until and guarded.until > self.now else None
            assert account.locked_until == until


TestSignIn = SignInMachine.TestCase
TestSignIn.settings = examples(40, steps=30)
