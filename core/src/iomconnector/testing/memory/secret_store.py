"""Secrets in memory."""

import secrets

from iomconnector.errors import ConfigurationError


class MemorySecretStore:
    """Implements :class:`~iomconnector.ports.secret_store.SecretStore`.

    What is sealed is a random ticket; the secret stays here and is gone with the process.
    """

    def __init__(self) -> None:
        self._secrets: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"MemorySecretStore({len(self._secrets)} secrets)"

    def seal(self, secret: str) -> str:
        """Keep a secret under a new ticket."""
        ticket = secrets.token_urlsafe(32)
        self._secrets[ticket] = secret
        return ticket

    def open(self, sealed: str) -> str:
        """The secret of a ticket."""
        if sealed not in self._secrets:
            raise ConfigurationError(
                "A stored secret is not known here: another store sealed it, or it was changed.",
                hint="Enter the secret again.",
            )
        return self._secrets[sealed]
