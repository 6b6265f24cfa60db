"""The name that somebody probably meant, for messages about unknown names."""

import difflib
from collections.abc import Iterable


def suggestion(word: str, known: Iterable[str]) -> str:
    """The sentence ``Did you mean "x"?`` with the known name that resembles the word; empty where none does.

    Upper case and hyphens count as lower case and underscores, so that the name of a distribution finds its
    cartridge; the beginning of a single known name stands for it.
    """
    folded = {_folded(name): name for name in sorted(known)}
    close = difflib.get_close_matches(_folded(word), folded, n=1, cutoff=0.7)
    begun = [name for name in folded if len(word) > 2 and name.startswith(_folded(word))]
    meant = close or (begun if len(begun) == 1 else [])
    return f'Did you mean "{folded[meant[0]]}"?' if meant else ""


def _folded(name: str) -> str:
    return name.lower().replace("-", "_")
