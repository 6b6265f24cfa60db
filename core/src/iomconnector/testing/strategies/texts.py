"""Texts as people write them, and as long as they may be."""

from functools import cache

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

_SAMPLES = (
    "Mayer",
    "O’Neill & Söhne",
    "大谷翔平",
    "Łódź-Śródmieście",
    "Иванова",
    "محمد",
    "e\u0301te\u0301 (decomposed)",
    "👩‍👩‍👧 Team 🙂",
    "<b>&amp;\"'\\",
    " blank around ",
    "ß",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢",
    "0",
)

_CONTROL_CHARACTERS = "".join(map(chr, (*range(0x20), *range(0x7F, 0xA0))))
_ALPHABET = st.characters(codec="utf-8", exclude_characters=_CONTROL_CHARACTERS)


@cache
def phrase_pool(max_length: int, min_length: int = 1) -> tuple[str, ...]:
    """Texts of many scripts that fit a length, the shortest and the longest possible among them."""
    fitting = [sample for sample in _SAMPLES if min_length <= len(sample) <= max_length]
    edges = [letter * length for letter in "xé🙂" for length in (max_length, min_length)]
    return tuple(dict.fromkeys([*fitting, *edges]))


@cache
def texts(max_length: int = 20, *, min_length: int = 1) -> SearchStrategy[str]:
    """Unicode texts of ``min_length`` to ``max_length`` characters, both lengths among them often.

    Control characters and lone surrogates never occur.
    """
    anything = st.text(_ALPHABET, min_size=min_length, max_size=min(max_length, 60))
    return st.one_of(st.sampled_from(phrase_pool(max_length, min_length)), anything)


@cache
def digits(max_length: int = 18, *, leading_zeros: bool = True) -> SearchStrategy[str]:
    """Texts of digits, ``max_length`` of them at most.

    Arguments:
        max_length: At least 1.
        leading_zeros: Whether the text may begin with zeros, as fixed-width numbers do.
    """
    numbers = st.integers(1, 10**max_length - 1).map(str)
    if not leading_zeros:
        return numbers
    return st.one_of(numbers, st.integers(1, 10**max_length - 1).map(lambda n: f"{n:0{max_length}d}"))


@cache
def email_addresses(max_length: int = 20) -> SearchStrategy[str]:
    """E-mail addresses of at most ``max_length`` characters, 6 at least."""
    domains = [
        domain for domain in ("a.io", "example.com", "bücher.example") if len(domain) + 2 <= max_length
    ]
    edge = "x" * (max_length - len(domains[0]) - 1) + "@" + domains[0]
    local = st.text("abcdefghijklmnopqrstuvwxyz0123456789.+-_äß", min_size=1, max_size=6)

    def join(local_part: str, domain: str) -> str:
        return f"{local_part[: max_length - len(domain) - 1]}@{domain}"

    return st.one_of(st.builds(join, local, st.sampled_from(domains)), st.just(edge))
