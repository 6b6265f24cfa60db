"""Managed services without a database, for tests of service types and of what uses them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from iomconnector.cartridges.extensions import Extensions
from iomconnector.ports.context_repository import ContextRepository
from iomconnector.ports.message_log import MessageLog
from iomconnector.ports.secret_store import SecretStore
from iomconnector.ports.service_configuration_store import ServiceConfigurationStore
from iomconnector.services.definition import ServiceDefinition
from iomconnector.services.managed import ManagedServices
from iomconnector.services.registry import ServiceDefinitions
from iomconnector.services.resolution import ServiceResolver
from iomconnector.services.setting_values import SettingValues
from iomconnector.testing.memory import (
    ManualClock,
    MemoryAuditTrail,
    MemoryContextRepository,
    MemoryMessageLog,
    MemorySecretStore,
    MemoryServiceConfigurationStore,
)
from iomconnector.testing.samples import CONTEXTS


@dataclass
class ServicesInMemory:
    """Managed services and a resolver on adapters in memory; each part can be replaced.

    Arguments:
        offered: The service types; their cartridge is called ``ac_test``.
        contexts: The tree, that of :data:`iomconnector.testing.samples.CONTEXTS` at first.
        clock: Stands still until a test moves it.
    """

    offered: Sequence[ServiceDefinition[Any]]
    contexts: ContextRepository = field(default_factory=lambda: MemoryContextRepository(CONTEXTS))
    clock: ManualClock = field(default_factory=ManualClock)
    secrets: SecretStore = field(default_factory=MemorySecretStore)
    message_log: MessageLog = field(default_factory=MemoryMessageLog)
    trail: MemoryAuditTrail = field(default_factory=MemoryAuditTrail)
    extensions: Extensions = field(default_factory=lambda: Extensions([], []))

    @cached_property
    def store(self) -> ServiceConfigurationStore:
        """Keeps them; tells ``trail``."""
        return MemoryServiceConfigurationStore(self.trail)

    @property
    def definitions(self) -> ServiceDefinitions:
        """The service types."""
        return ServiceDefinitions([("ac_test", each) for each in self.offered])

    @property
    def managed(self) -> ManagedServices:
        """The managed services, with the parts as they are now."""
        return ManagedServices(
            self.store,
            self.definitions,
            self.contexts,
            SettingValues(self.definitions, self.secrets),
            self.trail,
            self.clock,
            self.message_log,
            self.extensions,
        )

    @cached_property
    def resolver(self) -> ServiceResolver:
        """The resolver; close it at the end."""
        return ServiceResolver(
            self.definitions,
            self.store,
            SettingValues(self.definitions, self.secrets),
            self.contexts,
            self.extensions,
            self.clock,
            self.message_log,
        )
