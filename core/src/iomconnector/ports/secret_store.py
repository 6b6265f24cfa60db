"""Secrets at rest."""

from typing import Protocol


class SecretStore(Protocol):
    """Seals secrets so that they can be stored, and opens them again."""

    def seal(self, secret: str) -> str:
        """Encrypt a secret; the same secret sealed twice gives different texts."""
        ...

    def open(self, sealed: str) -> str:
        """Decrypt a sealed secret.

        Raises:
            ConfigurationError: It was sealed with another key or was changed since.
        """
        ...
