"""The contract of :class:`~iomconnector.ports.service_configuration_store.ServiceConfigurationStore`."""

from abc import abstractmethod
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from iomconnector.errors import NotFoundError
from iomconnector.ports.service_configuration_store import (
    ServiceConfiguration,
    ServiceConfigurationStore,
    Sharing,
)
from iomconnector.testing.contracts.contract import Contract
from iomconnector.testing.samples import CHANNEL, NOON, ORGANIZATION

VALUES: dict[str, Any] = {
    "base_url": "https://oms.example.com/ü",
    "password": {"sealed": "gAAAAABn"},
    "timeout": 2.5,
    "retries": 3,
    "verify": True,
    "proxy": None,
    "shops": [1, 2],
}


def _configuration(configuration_id: str = "export", **fields: Any) -> ServiceConfiguration:
    configuration = ServiceConfiguration(
        id=configuration_id,
        definition="order-export",
        context=CHANNEL,
        display_name="Export",
        values=VALUES,
        active=True,
        sharing=Sharing.UNSHARED,
        updated_at=NOON + timedelta(microseconds=1),
    )
    return replace(configuration, **fields)


class ServiceConfigurationStoreContract(Contract):
    """Promises of a store of service configurations."""

    @abstractmethod
    def service_configuration_store(self) -> AbstractAsyncContextManager[ServiceConfigurationStore]:
        """The store to test; the contexts of :data:`iomconnector.testing.samples.CONTEXTS` exist."""

    async def test_a_configuration_comes_back_as_it_was_saved(self) -> None:
        async with self.service_configuration_store() as store:
            await store.save(_configuration())
        async with self.service_configuration_store() as store:
            assert await store.get("export") == _configuration()

    async def test_what_is_changed_outside_changes_nothing(self) -> None:
        values = {"shops": [1]}
        async with self.service_configuration_store() as store:
            await store.save(_configuration(values=values))
            values["shops"].append(2)
            kept = await store.get("export")
            assert kept.values == {"shops": [1]}
            kept.values["shops"].append(3)
            assert (await store.get("export")).values == {"shops": [1]}

    async def test_saving_again_replaces_everything(self) -> None:
        changed = _configuration(
            definition="order-history",
            context=ORGANIZATION,
            display_name="History",
            values={"base_url": "https://other.example.com"},
            active=False,
            sharing=Sharing.SHARED,
            updated_at=NOON + timedelta(days=1),
        )
        async with self.service_configuration_store() as store:
            await store.save(_configuration())
            await store.save(changed)
            assert list(await store.all()) == [changed]

    async def test_all_come_by_id(self) -> None:
        async with self.service_configuration_store() as store:
            assert list(await store.all()) == []
            for configuration_id in ("c", "a", "b"):
                await store.save(_configuration(configuration_id))
            assert [configuration.id for configuration in await store.all()] == ["a", "b", "c"]

    async def test_an_unknown_one_is_not_found(self) -> None:
        async with self.service_configuration_store() as store:
            await store.save(_configuration())
            with pytest.raises(NotFoundError, match="unknown"):
                await store.get("unknown")

    async def test_a_deleted_one_is_gone_and_deleting_again_is_no_error(self) -> None:
        async with self.service_configuration_store() as store:
            await store.save(_configuration("kept"))
            await store.save(_configuration())
            await store.delete("export")
            await store.delete("export")
            assert [configuration.id for configuration in await store.all()] == ["kept"]
