"""Tests that are coroutines, without a plugin for them."""

import asyncio
import functools
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec

P = ParamSpec("P")


def in_event_loop(test: Callable[P, Coroutine[Any, Any, None]]) -> Callable[P, None]:
    """Make an ordinary test of a coroutine function: each call runs in an event loop of its own.

    The test fails where it leaves tasks behind that it began: what runs on after a test disturbs the next.
    """

    @functools.wraps(test)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        asyncio.run(_alone(test(*args, **kwargs)))

    return run


async def _alone(test: Coroutine[Any, Any, None]) -> None:
    await test
    left = asyncio.all_tasks() - {asyncio.current_task()}
    await asyncio.wait(left, timeout=0.5) if left else None
    running = [task.get_name() + repr(task.get_coro()) for task in left if not task.done()]
    assert not running, f"the test left tasks behind: {', '.join(running)}"
