"""Looking for a part of a text, alike on every database: byte by byte, whatever the collation.

The conditions have no type of their own: SQLite would be given ``... = 1`` for one that is a boolean, and
would use no index.
"""

from typing import Any

from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction
from sqlalchemy.types import NullType

HIGHEST = "\U0010ffff"


class has_text(GenericFunction[Any]):  # noqa: N801
    """Whether a text has a part, given in small letters; capital letters of ASCII count as small ones."""

    type = NullType()
    inherit_cache = True


class begins_with(GenericFunction[Any]):  # noqa: N801
    """Whether a text lies between a beginning and the same with :data:`HIGHEST` behind it; an index on the
    column answers it."""

    type = NullType()
    inherit_cache = True


def _sides(element: GenericFunction[Any], compiler: Any, options: dict[str, Any]) -> list[str]:
    return [compiler.process(clause, **options) for clause in element.clauses]


@compiles(has_text)
def _instr(element: has_text, compiler: Any, **options: Any) -> str:
    text, part = _sides(element, compiler, options)
    return f"instr(lower({text}), {part}) > 0"


@compiles(has_text, "postgresql")
def _strpos(element: has_text, compiler: Any, **options: Any) -> str:
    text, part = _sides(element, compiler, options)
    return f'strpos(lower({text} COLLATE "C"), {part}) > 0'


@compiles(begins_with)
def _between(element: begins_with, compiler: Any, **options: Any) -> str:
    text, low, high = _sides(element, compiler, options)
    return f"({text} >= {low} AND {text} < {high})"


@compiles(begins_with, "postgresql")
def _between_patterns(element: begins_with, compiler: Any, **options: Any) -> str:
    text, low, high = _sides(element, compiler, options)
    return f"({text} ~>=~ {low} AND {text} ~<~ {high})"
