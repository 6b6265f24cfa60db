"""Secrets, encrypted with a key that never stands in the database."""

import os
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from cryptography.fernet import Fernet, InvalidToken

from iomconnector.errors import ConfigurationError


class FernetSecretStore:
    """Implements :class:`~iomconnector.ports.secret_store.SecretStore` (AES-128-CBC with HMAC-SHA256).

    Arguments:
        key_file: Holds the key; made on first use, readable by its owner only.
        key: The key itself, instead of the file; 32 bytes as URL-safe base64.
    """

    def __init__(self, key_file: Path, key: str | None = None) -> None:
        self._key_file = key_file
        self._key = key
        self._cipher: Fernet | None = None

    def __repr__(self) -> str:
        return f"FernetSecretStore({str(self._key_file)!r})"

    def seal(self, secret: str) -> str:
        """Encrypt a secret."""
        return self._opened().encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Decrypt a sealed secret."""
        try:
            return self._opened().decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise ConfigurationError(
                "A stored secret cannot be decrypted with the present key.",
                hint=f"Restore the key (IOMC_SECRET_KEY or {self._key_file}), or enter the secret again.",
            ) from error

    def _opened(self) -> Fernet:
        if self._cipher is None:
            try:
                self._cipher = Fernet(self._key or _key_of(self._key_file))
            except ValueError as error:
                raise ConfigurationError(
                    "The secret key is no Fernet key.",
                    hint=f"Give 32 bytes as URL-safe base64: correct IOMC_SECRET_KEY or {self._key_file}.",
                ) from error
        return self._cipher


def _key_of(path: Path) -> str:
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            _make_key(path)
        return path.read_text().strip()
    except OSError as error:
        raise ConfigurationError(
            f"The secret key {path} cannot be read or made: {error.strerror}.",
            hint="Make it readable for this user only, or set IOMC_SECRET_KEY.",
        ) from error


def _make_key(path: Path) -> None:
    """Make a key file, whole or not at all; of many processes that do it at once one has its way."""
    draft = path.with_name(f"{path.name}.{uuid4().hex}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(Fernet.generate_key().decode())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink()
