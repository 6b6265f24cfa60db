"""The key that encrypts secrets: made once, for its owner's eyes only."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from iomconnector.errors import ConfigurationError
from iomconnector.storage.secret_store import FernetSecretStore


def test_the_key_file_is_made_on_first_use_for_its_owner_only(tmp_path: Path) -> None:
    key_file = tmp_path / "var" / "secret.key"
    store = FernetSecretStore(key_file)
    assert not key_file.exists()
    sealed = store.seal("!InterShop00!")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert [file.name for file in key_file.parent.iterdir()] == ["secret.key"]
    assert FernetSecretStore(key_file).open(sealed) == "!InterShop00!"


def test_of_many_that_make_the_key_at_once_one_has_its_way(tmp_path: Path) -> None:
    stores = [FernetSecretStore(tmp_path / "secret.key") for _ in range(16)]
    with ThreadPoolExecutor(16) as threads:
        sealed = list(threads.map(lambda store: store.seal("!InterShop00!"), stores))
    assert {stores[0].open(each) for each in sealed} == {"!InterShop00!"}
    assert [file.name for file in tmp_path.iterdir()] == ["secret.key"]


def test_a_key_that_is_given_comes_before_the_file(tmp_path: Path) -> None:
    key = Fernet.generate_key().decode()
    store = FernetSecretStore(tmp_path / "secret.key", key)
    assert Fernet(key).decrypt(store.seal("!InterShop00!")) == b"!InterShop00!"
    assert not (tmp_path / "secret.key").exists()
    assert key not in repr(store)


@pytest.mark.parametrize("key", ["password", "", "ü" * 44])
def test_a_key_that_is_none_is_refused_without_showing_it(tmp_path: Path, key: str) -> None:
    (tmp_path / "secret.key").write_text(key)
    with pytest.raises(ConfigurationError, match=r"secret\.key") as refused:
        FernetSecretStore(tmp_path / "secret.key").seal("!InterShop00!")
    assert not key or key not in str(refused.value)
    assert (tmp_path / "secret.key").read_text() == key


def test_a_key_file_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "var").write_text("a file where a directory should be")
    with pytest.raises(ConfigurationError, match=r"secret\.key"):
        FernetSecretStore(tmp_path / "var" / "secret.key").seal("!InterShop00!")


def test_a_lost_key_says_what_to_do(tmp_path: Path) -> None:
    sealed = FernetSecretStore(tmp_path / "secret.key").seal("!InterShop00!")
    (tmp_path / "secret.key").unlink()
    with pytest.raises(ConfigurationError, match="Restore the key"):
        FernetSecretStore(tmp_path / "secret.key").open(sealed)
