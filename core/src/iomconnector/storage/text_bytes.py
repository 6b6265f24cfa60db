"""Text as the bytes in which the database keeps it."""

from typing import Any

from sqlalchemy import LargeBinary
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class in_utf8(GenericFunction[bytes]):  # noqa: N801
    """The UTF-8 of a text column, as it stands there, be it valid or not."""

    type = LargeBinary()
    inherit_cache = True


@compiles(in_utf8)
def _cast(element: in_utf8, compiler: Any, **options: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **options)} AS BLOB)"


@compiles(in_utf8, "postgresql")
def _convert(element: in_utf8, compiler: Any, **options: Any) -> str:
    return f"convert_to({compiler.process(element.clauses, **options)}, 'UTF8')"
