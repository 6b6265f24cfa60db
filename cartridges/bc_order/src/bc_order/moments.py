"""Moments that people write on the command line."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import typer


def first_moment(text: str, option: str) -> datetime:
    """A moment of ISO 8601, or the first of a day; UTC where no offset is given.

    Raises:
        typer.BadParameter: It is neither.
    """
    day = _day(text)
    return datetime.combine(day, time(), UTC) if day is not None else _moment(text, option)


def end_of(text: str, option: str) -> datetime:
    """A moment of ISO 8601, or the first moment after a day; UTC where no offset is given.

    Raises:
        typer.BadParameter: It is neither.
    """
    day = _day(text)
    if day is None:
        return _moment(text, option)
    return datetime.combine(day, time(), UTC) + timedelta(days=1)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip()) if "T" not in text and ":" not in text else None
    except ValueError:
        return None


def _moment(text: str, option: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise typer.BadParameter(
            f"{text!r} is no day and no moment. Write 2026-11-02 or 2026-11-02T12:00:00+01:00.",
            param_hint=option,
        ) from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
