"""What a killed worker held is its successor's after the export lease: orders, and permits to send them."""

from datetime import timedelta
from pathlib import Path

import pytest
from dependency_injector import providers

from iomconnector.container import Container
from iomconnector.model.endpoints import Endpoint, EndpointRule
from iomconnector.settings import Settings
from iomconnector.testing.event_loop import in_event_loop
from iomconnector.testing.hook_objects import cartridges_from
from iomconnector.testing.memory import ManualClock, MemoryEndpointStates
from iomconnector.usecases.gates import Gates

ENDPOINT = Endpoint("https://oms.example.com shop 10020", EndpointRule(concurrency=4))


@pytest.mark.parametrize("export_lease", [5, 60])
def test_a_successor_has_the_permits_when_the_export_lease_is_over(export_lease: int, tmp_path: Path) -> None:
    states, clock = MemoryEndpointStates(), ManualClock()

    def gates_of(worker: str) -> Gates:
        container = Container(
            settings=Settings(data_directory=tmp_path, export_lease=export_lease),
            cartridges=cartridges_from(),
        )
        container.endpoint_states.override(providers.Object(states))
        container.clock.override(providers.Object(clock))
        container.worker.override(providers.Object(worker))
        gates: Gates = container.gates()
        return gates

    @in_event_loop
    async def takes_over() -> None:
        killed, successor = gates_of("killed").of(ENDPOINT), gates_of("successor").of(ENDPOINT)
        assert await killed.permits() == 4
        clock.advance(timedelta(seconds=export_lease - 1))
        assert await successor.permits() == 0
        clock.advance(timedelta(seconds=1))
        assert await successor.permits() == 4
        await killed.aclose()
        await successor.aclose()

    takes_over()
