"""What is told and recorded of a step that failed: enough to mend it, and no secret."""

import re
import traceback
from collections.abc import Collection
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.exc import DBAPIError

from iomconnector.errors import ConnectorError, StorageError
from iomconnector.preparation.steps import Step

MASK = "***"
LONGEST_MESSAGE = 2000

_IN_URL = re.compile(r"(?P<before>\w://[^\s:/@]*:)[^\s/]+(?P<after>@)")
_NAMED = re.compile(
    r"""(?P<before>\b[\w-]*(?:password|passwd|secret|token|api[_-]?key|authorization)[\w-]*["']?\s*[=:]\s*)
        (?:"[^"]*"|'[^']*'|(?:(?:bearer|basic)\s+)?[^\s,;]+)""",
    re.IGNORECASE | re.VERBOSE,
)


class StepFailedError(ConnectorError):
    """A step of database preparation failed; what was done before it is recorded."""

    code = "preparation.step_failed"


class StepUnavailableError(StepFailedError, StorageError):
    """A step of database preparation failed because the database did not serve it."""

    exit_code = StorageError.exit_code


def masked(text: str, secrets: Collection[str] = ()) -> str:
    """A text without the given secrets, passwords in URLs, and values of what is named like a secret."""
    text = _IN_URL.sub(rf"\g<before>{MASK}\g<after>", _without(secrets, text))
    return _NAMED.sub(rf"\g<before>{MASK}", text)[:LONGEST_MESSAGE]


def _without(secrets: Collection[str], text: str) -> str:
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text


def said_by(error: Exception, secrets: Collection[str] = ()) -> str:
    """What an error says, without secrets; of foreign errors, the type too.

    Values that did not pass a check, and the parameters of SQL statements, are left out.
    """
    if isinstance(error, ConnectorError):
        said_already = "dbprepare" in error.hint
        return masked(error.message if said_already else str(error), secrets)
    if isinstance(error, ValidationError):
        problems = error.errors(include_url=False, include_input=False, include_context=False)
        told = (f"{'.'.join(map(str, each['loc']))}: {each['msg']}" for each in problems)
        return _without(secrets, f"{error.title}: {'; '.join(told)}.")[:LONGEST_MESSAGE]
    said = str(error.orig) if isinstance(error, DBAPIError) else str(error)
    return masked(f"{type(error).__name__}: {said}".rstrip(": ").rstrip(".") + ".", secrets)


def step_failed(step: Step, error: Exception, said: str) -> StepFailedError:
    """The error to raise for a step that failed.

    Arguments:
        step: The step.
        error: What it raised.
        said: What is told of that.
    """
    kind = StepUnavailableError if isinstance(error, StorageError) else StepFailedError
    place = _raised_at(step, error)
    return kind(
        f"The step {step.name!r} of {step.cartridge} failed in the phase {step.phase}: {said} "
        f"It is defined at {step.location}{f', and failed at {place}' if place else ''}.",
        hint="What was done before is recorded. Mend the cause and run `iomconnector dbprepare` again: "
        "it continues with this step.",
        cartridge=step.cartridge,
        step=step.name,
        phase=step.phase,
        location=step.location,
    )


def _raised_at(step: Step, error: Exception) -> str:
    """The last place in the cartridge's own folder, else the last place at all; of foreign errors only."""
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, ConnectorError) or not frames:
        return ""
    folder = Path(step.location.rpartition(":")[0]).parent
    own = [frame for frame in frames if Path(frame.filename).is_relative_to(folder)]
    place = (own or frames)[-1]
    return f"{place.filename}:{place.lineno}"
