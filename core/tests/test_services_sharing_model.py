"""Sharing rules as a state machine, against a plain re-statement of the rules."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from iomconnector.model.contexts import Context
from iomconnector.ports.service_configuration_store import Sharing
from iomconnector.services.errors import OverrideRefusedError, ServiceConflictError
from iomconnector.services.resolution import ServiceResolutionError
from iomconnector.testing.hypothesis_profiles import examples
from iomconnector.testing.managed_services import ServicesInMemory
from iomconnector.testing.memory import MemoryContextRepository
from iomconnector.testing.plain_services import PlainService, PlainServices
from iomconnector.testing.sharing_example import (
    KINDS,
    TREE,
    TYPES,
    Documents,
    History,
    Returns,
    Stock,
    definition,
)

EMPTY = PlainServices(TREE, TYPES)
NAMES = st.sampled_from(["a", "b", "c", "d", "e"])
CONTEXTS = st.sampled_from(["org", *TREE])
TYPE_IDS = st.sampled_from(sorted(TYPES))
SHARING = st.sampled_from(list(Sharing))


class SharingMachine(RuleBasedStateMachine):
    """Changes managed services at random, and holds them against the rules after each step."""

    @initialize(stock=SHARING, history=SHARING)
    def begin(self, stock: Sharing, history: Sharing) -> None:
        """A system with two services of an organization."""
        contexts = []
        for name, parent in TREE.items():
            kind = KINDS[len(EMPTY.lineage(name)) - 1]
            contexts.append(Context(id=name, kind=kind, display_name=name, parent=parent))
        self.services = ServicesInMemory(
            [definition(each) for each in TYPES], contexts=MemoryContextRepository(contexts)
        )
        self.plain = EMPTY
        self.add("a", "simple-stock", "org", True, True, stock)
        self.add("b", "history", "org", True, True, history)

    def attempt(self, change: Any, after: PlainServices) -> bool:
        """Do it; it must be refused if and only if it makes a new quarrel."""
        quarrels = after.quarrels() - self.plain.quarrels()
        try:
            asyncio.run(change)
        except ServiceConflictError:
            assert quarrels, "refused without a reason"
            return False
        assert not quarrels, "let pass what makes a conflict"
        self.plain = after
        return True

    @rule(
        name=NAMES,
        type_id=TYPE_IDS,
        owner=CONTEXTS,
        available=st.booleans(),
        active=st.booleans(),
        sharing=SHARING,
    )
    def add(
        self, name: str, type_id: str, owner: str, available: bool, active: bool, sharing: Sharing
    ) -> None:
        """Add a configuration; the first one enables its type."""
        if name in self.plain.services:
            return
        added = {name: PlainService(type_id, owner, available, active, sharing.value)}
        enabled = {(type_id, self.plain.lineage(owner)[0]): True}
        after = replace(
            self.plain,
            services={**self.plain.services, **added},
            enabled={**enabled, **self.plain.enabled},
        )
        change = self.services.managed.add(
            name,
            definition=type_id,
            context=owner,
            available=available,
            active=active,
            sharing=sharing,
            values={},
            by="machine",
        )
        self.attempt(change, after)

    @rule(
        name=NAMES,
        available=st.none() | st.booleans(),
        active=st.none() | st.booleans(),
        sharing=st.none() | SHARING,
    )
    def change(self, name: str, available: bool | None, active: bool | None, sharing: Sharing | None) -> None:
        """Change a configuration."""
        if name not in self.plain.services:
            return
        present = self.plain.services[name]
        changed = PlainService(
            present.type,
            present.owner,
            present.available if available is None else available,
            present.active if active is None else active,
            present.sharing if sharing is None else sharing.value,
        )
        after = replace(self.plain, services={**self.plain.services, name: changed})
        self.attempt(
            self.services.managed.change(
                name, available=available, active=active, sharing=sharing, by="machine"
            ),
            after,
        )

    @rule(name=NAMES)
    def delete(self, name: str) -> None:
        """Remove a configuration."""
        if name not in self.plain.services:
            return
        after = replace(
            self.plain,
            services={key: each for key, each in self.plain.services.items() if key != name},
            switches={key: on for key, on in self.plain.switches.items() if key[0] != name},
        )
        assert self.attempt(self.services.managed.delete(name, by="machine"), after)

    @rule(name=NAMES, context=CONTEXTS, active=st.none() | st.booleans())
    def override(self, name: str, context: str, active: bool | None) -> None:
        """Switch a configuration for a context, or let it follow the rule again."""
        if name not in self.plain.services:
            return
        switches = {key: on for key, on in self.plain.switches.items() if key != (name, context)}
        if active is not None:
            switches[name, context] = active
        removes = active is None and (name, context) in self.plain.switches
        change = self.services.managed.override(name, context, active, by="machine")
        if removes or self.plain.may_switch(name, context):
            self.attempt(change, replace(self.plain, switches=switches))
            return
        try:
            asyncio.run(change)
        except OverrideRefusedError:
            return
        raise AssertionError("an override was taken that the rule forbids")

    @rule(name=NAMES, above=st.booleans(), below=st.sampled_from(["web", "app"]))
    def override_twice(self, name: str, above: bool, below: str) -> None:
        """Switch a configuration for a context, and the other way round for one below it."""
        self.override(name, "shop", above)
        self.override(name, below, not above)

    @rule(type_id=TYPE_IDS, organization=st.sampled_from(["org", "other-org"]), enabled=st.booleans())
    def enable(self, type_id: str, organization: str, enabled: bool) -> None:
        """Enable or disable a service type."""
        known = {**self.plain.enabled, (type_id, organization): enabled}
        self.attempt(
            self.services.managed.enable(type_id, organization, enabled, by="machine"),
            replace(self.plain, enabled=known),
        )

    @rule(name=NAMES, context=CONTEXTS)
    def replacing(self, name: str, context: str) -> None:
        """Activate something in the place of what is there: only others are switched off for it."""
        if name not in self.plain.services:
            return
        own = self.plain.services[name].owner == context
        if not own and not self.plain.may_switch(name, context):
            return
        before = self.plain
        managed = self.services.managed
        change: Any = (
            managed.change(name, active=True, by="machine", replace=True)
            if own
            else managed.override(name, context, True, by="machine", replace=True)
        )
        try:
            asyncio.run(change)
        except ServiceConflictError:
            return
        self.plain = self.as_stored()
        assert not self.plain.quarrels() - before.quarrels()
        assert self.plain.is_on(name, context) == (own or before.services[name].active)
        for other, service in self.plain.services.items():
            assert other == name or not (service.active and not before.services[other].active)
        for key, on in self.plain.switches.items():
            assert key == (name, context) or not on or before.switches.get(key) is on

    def as_stored(self) -> PlainServices:
        """What the store says now."""
        state = asyncio.run(self.services.store.state())
        return PlainServices(
            TREE,
            TYPES,
            {
                key: PlainService(
                    each.definition, each.context, each.available, each.active, each.sharing.value
                )
                for key, each in state.configurations.items()
            },
            dict(state.enablements),
            dict(state.overrides),
        )

    @invariant()
    def nothing_else_was_changed(self) -> None:
        """What is stored is what was decided."""
        assert self.as_stored() == self.plain

    @invariant()
    def every_context_sees_what_the_rules_say(self) -> None:
        """Status, reason, conflicts and the resolved adapter, everywhere."""
        asyncio.run(self._compare())

    async def _compare(self) -> None:
        self.services.clock.advance(timedelta(seconds=1))
        quarrels = self.plain.quarrels()
        for context in TREE:
            rows = {row.configuration.id: row for row in await self.services.managed.overview(context)}
            line, works = self.plain.lineage(context), self.plain.works(context)
            assert set(rows) == {
                name
                for name, each in self.plain.services.items()
                if each.owner == context or (each.owner in line and each.sharing != "unshared")
            }
            for name, row in rows.items():
                assert row.status.active == self.plain.is_on(name, context), (name, context)
                assert row.status.operational == (name in works), (name, context)
                assert row.status.inherited == (self.plain.services[name].owner != context)
                assert bool(row.status.reason) != row.status.operational
                assert set(row.conflicts) == {
                    other
                    for where, pair in quarrels
                    if where == context and name in pair
                    for other in pair - {name}
                }
            for port in (Stock, Returns, History, Documents):
                serving = [n for n in works if TYPES[self.plain.services[n].type].port is port]
                try:
                    adapter = await self.services.resolver.resolve(port, context)
                except ServiceResolutionError:
                    assert len(serving) != 1
                else:
                    assert [adapter.service] == serving

    def teardown(self) -> None:
        """Every change is in the audit trail, signed."""
        entries = asyncio.run(self.services.trail.entries(limit=10_000))
        assert {entry.by for entry in entries} <= {"machine"}
        assert {entry.topic for entry in entries} <= {"service"}


TestSharing = SharingMachine.TestCase
TestSharing.settings = examples(40, steps=25)
