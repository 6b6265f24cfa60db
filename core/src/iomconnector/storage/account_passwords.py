"""Passwords, made unreadable by Argon2id (RFC 9106)."""

import asyncio
import base64
import os
import secrets

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

_SALT_BYTES = 16
_HASH_BYTES = 32
_LANES = 4


class Argon2PasswordHasher:
    """Implements :class:`~iomconnector.ports.password_hasher.PasswordHasher`.

    No more hashes are made at a time than there are processors, each in a thread of its own, so that many
    sign-ins at once neither stop the event loop nor take all memory.

    Arguments:
        memory_kib: The memory that one hash takes, in KiB; at least 32.
        passes: How often it is gone through.
    """

    def __init__(self, *, memory_kib: int, passes: int) -> None:
        self._hasher = PasswordHasher(
            time_cost=passes,
            memory_cost=memory_kib,
            parallelism=_LANES,
            hash_len=_HASH_BYTES,
            salt_len=_SALT_BYTES,
            type=Type.ID,
        )
        self._nobody = _hash_of_nothing(memory_kib, passes)
        self._turns = asyncio.Semaphore(os.cpu_count() or 1)

    async def hash(self, password: str) -> str:
        """A salted hash."""
        async with self._turns:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether it is the password of a hash."""
        async with self._turns:
            right = await asyncio.to_thread(self._matches, password, hashed or self._nobody)
        return right and hashed is not None

    def outdated(self, hashed: str) -> bool:
        """Whether a hash was made with other parameters than those in force."""
        return self._hasher.check_needs_rehash(hashed)

    def _matches(self, password: str, hashed: str) -> bool:
        try:
            return self._hasher.verify(hashed, password)
        except (VerificationError, InvalidHashError):
            return False


def _hash_of_nothing(memory_kib: int, passes: int) -> str:
    """A hash that no password has, with the parameters in force."""
    salt, content = (
        base64.b64encode(secrets.token_bytes(size)).rstrip(b"=").decode()
        for size in (_SALT_BYTES, _HASH_BYTES)
    )
    return f"$argon2id$v=19$m={memory_kib},t={passes},p={_LANES}${salt}${content}"
