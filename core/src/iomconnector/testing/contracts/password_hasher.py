"""The contract of :class:`~iomconnector.ports.password_hasher.PasswordHasher`."""

import asyncio
from abc import abstractmethod

from iomconnector.ports.password_hasher import PasswordHasher
from iomconnector.testing.contracts.contract import Contract

PASSWORD = "correct horse ☂ battery"  # noqa: S105 - of nobody


class PasswordHasherContract(Contract):
    """Promises of a password hasher."""

    @abstractmethod
    def password_hasher(self) -> PasswordHasher:
        """The hasher to test."""

    @abstractmethod
    def other_password_hasher(self) -> PasswordHasher:
        """One with other parameters."""

    async def test_a_password_is_verified_and_any_other_is_not(self) -> None:
        hasher = self.password_hasher()
        hashed = await hasher.hash(PASSWORD)
        assert await hasher.verify(PASSWORD, hashed)
        for wrong in ("", PASSWORD + " ", PASSWORD[:-1], PASSWORD.upper(), hashed):
            assert not await hasher.verify(wrong, hashed)

    async def test_nobody_has_a_password(self) -> None:
        hasher = self.password_hasher()
        assert not await hasher.verify(PASSWORD, None)
        assert not await hasher.verify("", None)

    async def test_hashes_of_one_password_differ_and_do_not_show_it(self) -> None:
        hasher = self.password_hasher()
        first, second = await asyncio.gather(hasher.hash(PASSWORD), hasher.hash(PASSWORD))
        assert first != second
        assert PASSWORD not in first

    async def test_a_hash_with_other_parameters_is_verified_but_outdated(self) -> None:
        hasher, other = self.password_hasher(), self.other_password_hasher()
        hashed = await other.hash(PASSWORD)
        assert await hasher.verify(PASSWORD, hashed)
        assert hasher.outdated(hashed)
        assert not other.outdated(hashed)
