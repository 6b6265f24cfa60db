"""The contract of :class:`~iomconnector.ports.secret_store.SecretStore`."""

from abc import abstractmethod

import pytest

from iomconnector.errors import ConfigurationError
from iomconnector.ports.secret_store import SecretStore
from iomconnector.testing.contracts.contract import Contract

SECRETS = ("!InterShop00!", "", "ünïcødé 鍵 🔑", "a\nb\tc\x00", "x" * 10_000)


class SecretStoreContract(Contract):
    """Promises of a secret store."""

    @abstractmethod
    def secret_store(self) -> SecretStore:
        """The store to test; each call gives the same one, or one with the same key."""

    @abstractmethod
    def foreign_secret_store(self) -> SecretStore:
        """A store with another key."""

    @pytest.mark.parametrize("secret", SECRETS)
    def test_what_is_sealed_can_be_opened(self, secret: str) -> None:
        sealed = self.secret_store().seal(secret)
        assert self.secret_store().open(sealed) == secret

    def test_the_sealed_text_does_not_show_the_secret(self) -> None:
        assert "InterShop" not in self.secret_store().seal("!InterShop00!")

    def test_sealing_twice_gives_different_texts(self) -> None:
        store = self.secret_store()
        assert len({store.seal("!InterShop00!") for _ in range(10)}) == 10

    def test_a_changed_text_is_refused_wherever_it_was_changed(self) -> None:
        store = self.secret_store()
        sealed = store.seal("!InterShop00!")
        for position, character in enumerate(sealed.rstrip("=")[:-1]):
            changed = sealed[:position] + ("A" if character != "A" else "B") + sealed[position + 1 :]
            with pytest.raises(ConfigurationError):
                store.open(changed)

    @pytest.mark.parametrize("text", ["", "!InterShop00!", "gAAAAA", "ü"])
    def test_what_was_never_sealed_is_refused(self, text: str) -> None:
        with pytest.raises(ConfigurationError):
            self.secret_store().open(text)

    def test_what_another_key_sealed_is_refused(self) -> None:
        sealed = self.foreign_secret_store().seal("!InterShop00!")
        with pytest.raises(ConfigurationError) as refused:
            self.secret_store().open(sealed)
        assert sealed not in str(refused.value)

    def test_it_shows_no_secret_of_its_own(self) -> None:
        store = self.secret_store()
        store.seal("!InterShop00!")
        assert "InterShop" not in repr(store)
