"""The calculation of a sequence's start, as people and programs read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from iomconnector.usecases.suggest_sequence import LookedAt, SequenceSuggestion


def calculation(suggestion: SequenceSuggestion) -> Iterator[str]:
    """The calculation, line by line."""
    state = suggestion.state
    yield f"Organization {state.organization}"
    yield f"  the sequence goes on at                {state.next_counter}"
    for place in (suggestion.shop, *suggestion.outside):
        yield from _place(place)
    yield f"  largest number of all                  {suggestion.largest or 'none'}"
    yield f"  block size                             {state.settings.block_size}"
    yield (
        f"  new start = max({state.next_counter}, {suggestion.largest}) + {state.settings.block_size} + 1 "
        f"= {suggestion.start}"
    )
    yield from _conclusion(suggestion)


def suggestion_facts(suggestion: SequenceSuggestion) -> dict[str, Any]:
    """The calculation for programs."""
    return {
        "organization": suggestion.state.organization,
        "sequence_start": suggestion.state.next_counter,
        "block_size": suggestion.state.settings.block_size,
        "looked_at": [_facts(place) for place in (suggestion.shop, *suggestion.outside)],
        "largest": suggestion.largest,
        "new_start": suggestion.start,
        "needed": suggestion.is_needed,
        "complete": suggestion.is_complete,
    }


def _place(place: LookedAt) -> Iterator[str]:
    name = f"{place.place} ({', '.join(place.channels)})" if place.channels else place.place
    if place.seen is None:
        yield f"  {name}: could not be asked. {place.problem}"
        return
    seen = place.seen
    yield f"  {name}: looked at {seen.looked_at} of {place.total} numbers"
    yield f"    largest number                       {seen.largest or 'none'}"
    if seen.examples:
        examples = ", ".join(map(_printable, seen.examples))
        kinds = [
            text
            for count, text in (
                (seen.not_numeric, f"{seen.not_numeric} with other characters than digits"),
                (seen.foreign, f"{seen.foreign} that the sequence can never give"),
            )
            if count
        ]
        yield f"    left out: {' and '.join(kinds)}, such as {examples}"


def _conclusion(suggestion: SequenceSuggestion) -> Iterator[str]:
    if any(place.problem for place in suggestion.outside):
        yield "A larger number may exist where nobody could be asked: mend that, and run it again."
    if any(place.seen and not place.complete for place in suggestion.outside):
        yield "Not every number was looked at, so a larger one may exist: without --quick, all are."
    name = suggestion.state.organization
    if suggestion.is_needed:
        yield f"Apply it with: iomconnector sequence set {suggestion.start} --organization {name}"
    else:
        yield f"No number that was found is at or above {suggestion.state.next_counter}: no change is needed."


def _printable(text: str) -> str:
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def _facts(place: LookedAt) -> dict[str, Any]:
    seen = place.seen
    found = (
        {}
        if seen is None
        else {
            "looked_at": seen.looked_at,
            "total": place.total,
            "largest": seen.largest or None,
            "not_numeric": seen.not_numeric,
            "foreign": seen.foreign,
            "left_out": seen.examples,
        }
    )
    return {
        "place": place.place,
        "channels": list(place.channels),
        "complete": place.complete,
        "problem": place.problem,
        **found,
    }
