"""Tokens in the links of mails: whoever has one, reads the mails of the address."""

import hashlib
import secrets

TOKEN_BYTES = 32


def new_token() -> str:
    """A token that nobody can guess: 43 characters that need no encoding in an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def hash_of(token: str) -> str:
    """What the database knows of a token."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
