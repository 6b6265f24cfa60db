"""A demonstration takes nothing away that another did not make, and fills no database that is in use."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dev_demo_iomconnector.clean_slate import MARKER, clear_directory, require_empty_database
from iomconnector.cli.main import app
from iomconnector.errors import ConfigurationError
from iomconnector.testing.databases import prepare_database_file
from iomconnector.testing.postgresql import PostgresqlServer


def test_a_demonstration_never_removes_what_it_did_not_make(tmp_path: Path) -> None:
    (tmp_path / "shop.sqlite").touch()
    with pytest.raises(ConfigurationError, match="no demonstration made"):
        clear_directory(tmp_path)
    assert (tmp_path / "shop.sqlite").exists()


def test_a_demonstration_removes_what_an_earlier_one_made(tmp_path: Path) -> None:
    (tmp_path / MARKER).touch()
    (tmp_path / "shop.sqlite").touch()
    clear_directory(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [MARKER]


def test_an_empty_database_will_do(postgresql_server: PostgresqlServer, tmp_path: Path) -> None:
    require_empty_database(postgresql_server.url_of("postgres"))
    require_empty_database(f"sqlite:///{tmp_path / 'none.sqlite'}")
    assert list(tmp_path.iterdir()) == []


def test_a_database_in_use_is_refused_before_anything_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = prepare_database_file(tmp_path / "shop.sqlite")
    data = tmp_path / "data"
    data.mkdir()
    (data / MARKER).touch()
    (data / "secret.key").touch()
    monkeypatch.setenv("IOMC_DATABASE_URL", f"sqlite:///{shop}")
    monkeypatch.setenv("IOMC_DATA_DIRECTORY", str(data))
    run = CliRunner().invoke(app, ["demo"])
    assert isinstance(run.exception, ConfigurationError)
    assert "is in use" in run.exception.message
    assert (data / "secret.key").exists()
