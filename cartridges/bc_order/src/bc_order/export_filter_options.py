"""The options by which commands choose exports."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from bc_order.moments import end_of, first_moment
from iomconnector.model.export_filters import ExportFilter
from iomconnector.model.exports import ExportState

_WHEN = "A day or a moment (UTC unless it has an offset)."

_OPTIONS: dict[str, tuple[Any, Any]] = {
    "state": (list[ExportState] | None, typer.Option("--state", help="Only these states; repeatable.")),
    "channel": (list[str] | None, typer.Option("--channel", help="Only these channels; repeatable.")),
    "code": (
        list[str] | None,
        typer.Option("--code", help="Only with these codes of the reason; repeatable."),
    ),
    "says": (str | None, typer.Option("--says", help="Only with this text in the reason.")),
    "prefix": (str | None, typer.Option("--prefix", help="Only with numbers that begin with this.")),
    "customer": (str | None, typer.Option("--customer", help="Only of the customer of this number.")),
    "since": (str | None, typer.Option("--since", help=f"Only placed at this time or later. {_WHEN}")),
    "until": (
        str | None,
        typer.Option("--until", help=f"Only placed before this time, or on this day. {_WHEN}"),
    ),
    "changed_since": (
        str | None,
        typer.Option("--changed-since", help="Only whose export changed at this time or later."),
    ),
    "changed_until": (
        str | None,
        typer.Option("--changed-until", help="Only whose export did not change later."),
    ),
    "waiting_since": (
        str | None,
        typer.Option("--waiting-since", help="Only what has waited since this time or longer."),
    ),
    "failures": (
        int,
        typer.Option("--failures", min=0, help="Only with so many failures of their own, or more."),
    ),
    "attempts": (int, typer.Option("--attempts", min=0, help="Only with so many attempts, or more.")),
}


def takes_filter(*, reason_is_free: bool = False) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Give a command the options by which exports are chosen; it gets them as ``wanted``.

    Arguments:
        reason_is_free: Whether ``--reason`` can stand for ``--says``.
    """

    def decorate(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True)
        options = dict(_OPTIONS)
        if reason_is_free:
            kind, _ = options["says"]
            options["says"] = (
                kind,
                typer.Option("--says", "--reason", help="Only with this text in the reason."),
            )

        @functools.wraps(command)
        def wrapped(**given: Any) -> None:
            chosen = {name: given.pop(name) for name in options}
            command(**given, wanted=_filter(chosen))

        parameters = [each for each in own.parameters.values() if each.name != "wanted"]
        for name, (kind, option) in options.items():
            default = 0 if kind is int else None
            annotation: Any = Annotated[kind, option]
            parameters.append(
                inspect.Parameter(
                    name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation
                )
            )
        wrapped.__signature__ = own.replace(  # type: ignore[attr-defined]
            parameters=[each.replace(kind=inspect.Parameter.KEYWORD_ONLY) for each in parameters]
        )
        wrapped.__annotations__ = {each.name: each.annotation for each in parameters}
        return wrapped

    return decorate


def _filter(given: dict[str, Any]) -> ExportFilter:
    def moment(name: str, read: Callable[[str, str], Any] = first_moment) -> Any:
        text = given[name]
        return None if text is None else read(text, f"--{name.replace('_', '-')}")

    return ExportFilter(
        states=tuple(given["state"] or ()),
        channels=tuple(given["channel"] or ()),
        reason_codes=tuple(given["code"] or ()),
        number_prefix=given["prefix"],
        customer=given["customer"],
        reason_text=given["says"],
        placed_from=moment("since"),
        placed_to=moment("until", end_of),
        updated_from=moment("changed_since"),
        updated_to=moment("changed_until", end_of),
        min_failures=given["failures"],
        min_attempts=given["attempts"],
        waiting_since=moment("waiting_since"),
    )
