"""When a reading request is tried again."""

import random
from typing import Final

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt
from tenacity.wait import wait_base

from ac_iomconnector_common.connection import ConnectionSettings
from ac_iomconnector_rest_common.errors import IomRestError

_RANDOM: Final = random.SystemRandom()


def read_retrying(settings: ConnectionSettings) -> AsyncRetrying:
    """Try again what may pass: exponential waits with full jitter, and no sooner than the answer asks.

    An answer that asks for a longer wait than ``backoff_limit`` ends it at once: the caller, who has time,
    gets the error with its ``retry_after``.
    """

    def worth_repeating(error: BaseException) -> bool:
        return (
            isinstance(error, IomRestError)
            and error.transient
            and (error.retry_after or 0.0) <= settings.backoff_limit
        )

    return AsyncRetrying(
        stop=stop_after_attempt(1 + settings.read_retries),
        wait=_JitterAfterRequestedWait(settings),
        retry=retry_if_exception(worth_repeating),
        reraise=True,
    )


class _JitterAfterRequestedWait(wait_base):
    def __init__(self, settings: ConnectionSettings) -> None:
        self._base = settings.backoff_base
        self._limit = settings.backoff_limit

    def __call__(self, retry_state: RetryCallState) -> float:
        longest = min(self._base * 2 ** (retry_state.attempt_number - 1), self._limit)
        error = retry_state.outcome.exception() if retry_state.outcome else None
        asked = error.retry_after if isinstance(error, IomRestError) else None
        return max(_RANDOM.uniform(0.0, longest), asked or 0.0)
