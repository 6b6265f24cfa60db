"""The contract of the job engine, kept by both engines."""

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta

import pytest

from iomconnector.jobs.engine.embedded import EmbeddedJobEngine
from iomconnector.jobs.engine.postgresql import PostgresqlJobEngine
from iomconnector.jobs.engine.work import Pace
from iomconnector.storage.database import Database
from iomconnector.testing.contracts import JobEngineContract, JobStage

SECOND = timedelta(seconds=1)
QUICK = Pace(poll=SECOND, grace=SECOND / 2)


class TestEmbeddedJobEngine(JobEngineContract):
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, each_database_url: str) -> None:
        self.url = each_database_url

    @asynccontextmanager
    async def job_stage(self) -> AsyncIterator[JobStage]:
        async with aclosing(Database(self.url)) as database:
            yield JobStage(lambda: EmbeddedJobEngine(QUICK), database)


class TestPostgresqlJobEngine(JobEngineContract):
    url: str

    @pytest.fixture(autouse=True)
    def _fresh(self, postgresql_url: str) -> None:
        self.url = postgresql_url

    @asynccontextmanager
    async def job_stage(self) -> AsyncIterator[JobStage]:
        async with aclosing(Database(self.url)) as database:
            yield JobStage(lambda: PostgresqlJobEngine(database, QUICK), database)
