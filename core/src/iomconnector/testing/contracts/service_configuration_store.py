"""The contract of :class:`~iomconnector.ports.service_configuration_store.ServiceConfigurationStore`."""

import asyncio
from abc import abstractmethod
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from iomconnector.errors import ConfigurationError, NotFoundError
from iomconnector.model.audit import AuditEntry
from iomconnector.ports.audit_trail import AuditTrail
from iomconnector.ports.service_configuration_store import (
    ServiceChange,
    ServiceConfiguration,
    ServiceConfigurationStore,
    ServiceState,
    Sharing,
)
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import CHANNEL, NOON, ORGANIZATION, OTHER_CHANNEL

VALUES: dict[str, Any] = {
    "base_url": "https://oms.example.com/ü",
    "password": {"sealed": "gAAAAABn"},
    "timeout": 2.5,
    "retries": 3,
    "verify": True,
    "proxy": None,
    "shops": [1, 2],
}
ENTRY = AuditEntry(NOON, "anna", "service.changed", "export", CHANNEL, {"active": (True, False)})

Decide = Callable[[ServiceState], ServiceChange]


def _configuration(configuration_id: str = "export", **fields: Any) -> ServiceConfiguration:
    configuration = ServiceConfiguration(
        id=configuration_id,
        definition="order-export",
        context=CHANNEL,
        display_name="Export",
        values=VALUES,
        available=True,
        active=True,
        sharing=Sharing.UNSHARED,
        version=1,
        updated_at=NOON + timedelta(microseconds=1),
        updated_by="anna",
    )
    return replace(configuration, **fields)


def _put(*configurations: ServiceConfiguration, audit: tuple[AuditEntry, ...] = ()) -> Decide:
    added = {each.id: each for each in configurations}
    return lambda before: ServiceChange(
        replace(before, configurations={**before.configurations, **added}), audit
    )


def _state(**parts: Any) -> Decide:
    return lambda before: ServiceChange(replace(before, **parts))


class ServiceConfigurationStoreContract(Contract):
    """Promises of a store of managed services."""

    @abstractmethod
    def service_configuration_store(
        self,
    ) -> AbstractAsyncContextManager[tuple[ServiceConfigurationStore, AuditTrail]]:
        """The store to test, with the audit trail that it writes to; the contexts of
        :data:`iomconnector.testing.samples.CONTEXTS` exist."""

    async def test_a_configuration_comes_back_as_it_was_stored(self) -> None:
        async with self.service_configuration_store() as (store, _):
            await store.change(_put(_configuration()))
        async with self.service_configuration_store() as (store, _):
            assert await store.get("export") == _configuration()
            assert (await store.state()).configurations == {"export": _configuration()}

    async def test_the_state_comes_back_as_it_was_stored(self) -> None:
        export = _configuration(context=ORGANIZATION, sharing=Sharing.SHARED_INACTIVE)
        parts: dict[str, Any] = {
            "configurations": {"export": export},
            "enablements": {("order-export", ORGANIZATION): True, ("order-history", ORGANIZATION): False},
            "overrides": {("export", CHANNEL): True, ("export", OTHER_CHANNEL): False},
        }
        async with self.service_configuration_store() as (store, _):
            returned = await store.change(_state(**parts))
        async with self.service_configuration_store() as (store, _):
            assert await store.state() == returned == ServiceState(**parts, revision=returned.revision)

    async def test_what_is_changed_outside_changes_nothing(self) -> None:
        values = {"shops": [1]}
        async with self.service_configuration_store() as (store, _):
            await store.change(_put(_configuration(values=values)))
            values["shops"].append(2)
            kept = await store.get("export")
            assert kept.values == {"shops": [1]}
            kept.values["shops"].append(3)
            assert (await store.get("export")).values == {"shops": [1]}
            assert (await store.state()).configurations["export"].values == {"shops": [1]}

    async def test_everything_can_be_replaced_and_removed(self) -> None:
        changed = _configuration(
            definition="order-history",
            context=ORGANIZATION,
            display_name="History",
            values={"base_url": "https://other.example.com"},
            available=False,
            active=False,
            sharing=Sharing.SHARED_MANDATORY,
            version=2,
            updated_at=NOON + timedelta(days=1),
            updated_by="bob",
        )
        async with self.service_configuration_store() as (store, _):
            await store.change(_put(_configuration("a"), _configuration()))
            await store.change(_state(overrides={("a", CHANNEL): True, ("export", CHANNEL): True}))
            await store.change(_state(configurations={"export": changed}, overrides={}))
            state = await store.state()
            assert (state.configurations, state.overrides) == ({"export": changed}, {})

    async def test_all_come_by_id(self) -> None:
        async with self.service_configuration_store() as (store, _):
            assert list(await store.all()) == []
            await store.change(_put(*(_configuration(key) for key in ("c", "a", "B", "b"))))
            assert [configuration.id for configuration in await store.all()] == ["B", "a", "b", "c"]

    async def test_an_unknown_one_is_not_found(self) -> None:
        async with self.service_configuration_store() as (store, _):
            await store.change(_put(_configuration()))
            with pytest.raises(NotFoundError, match="unknown"):
                await store.get("unknown")

    async def test_the_revision_changes_with_the_state_and_only_then(self) -> None:
        async with self.service_configuration_store() as (store, _):
            seen = [await store.revision()]
            for decide in (
                _put(_configuration()),
                _state(enablements={("order-export", ORGANIZATION): True}),
                _state(enablements={("order-export", ORGANIZATION): False}),
                _state(overrides={("export", OTHER_CHANNEL): True}),
                _state(overrides={}),
                _state(enablements={}, configurations={}),
            ):
                returned = (await store.change(decide)).revision
                assert await store.revision() == returned == (await store.state()).revision
                seen.append(returned)
            assert len(set(seen)) == len(seen)
            assert (await store.change(_state())).revision == seen[-1]
            assert await store.revision() == seen[-1]

    async def test_the_audit_trail_tells_of_a_change(self) -> None:
        async with self.service_configuration_store() as (store, trail):
            await store.change(_put(_configuration(), audit=(ENTRY, replace(ENTRY, by="bob"))))
            entries = await trail.entries()
            assert [replace(entry, number=0) for entry in entries] == [replace(ENTRY, by="bob"), ENTRY]

    async def test_a_change_that_is_refused_leaves_nothing(self) -> None:
        def refuse(_: ServiceState) -> ServiceChange:
            raise ConfigurationError("Not like this.")

        async with self.service_configuration_store() as (store, trail):
            before = await store.change(_put(_configuration()))
            with pytest.raises(ConfigurationError, match=r"Not like this\."):
                await store.change(refuse)
            assert await store.state() == before
            assert list(await trail.entries()) == []

    async def test_changes_come_one_after_the_other(self) -> None:
        def count(before: ServiceState) -> ServiceChange:
            present = before.configurations["export"]
            counted = replace(present, version=present.version + 1)
            return ServiceChange(replace(before, configurations={"export": counted}), (ENTRY,))

        async with (
            self.service_configuration_store() as (store, trail),
            self.service_configuration_store() as (other, _),
        ):
            await store.change(_put(_configuration()))
            await asyncio.gather(*((store if n % 2 else other).change(count) for n in range(20)))
            assert (await store.get("export")).version == 21
            assert len(await trail.entries()) == 20
