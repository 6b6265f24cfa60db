"""A process that dies between any two steps, without any time to say good-bye."""

from collections.abc import Callable
from typing import Any


class Killed(BaseException):
    """The process is dead: no code of it runs any more."""


class Mortality:
    """Counts the steps of a process until its death.

    After its death every step fails, until another process begins.
    """

    def __init__(self) -> None:
        self.steps_left: int | None = None
        self.after_the_step = False
        self.dead = False

    def doom(self, steps: int, *, after_the_step: bool) -> None:
        """Die at a step from now on: before what it does, or when that is done and nobody knows of it."""
        self.steps_left = steps
        self.after_the_step = after_the_step

    def revive(self) -> None:
        """Another process begins."""
        self.steps_left = None
        self.dead = False

    async def step(self, work: Callable[[], Any]) -> Any:
        """Do something, or die."""
        dies = False
        if self.dead:
            raise Killed
        if self.steps_left is not None:
            self.steps_left -= 1
            dies = self.steps_left <= 0
        if dies and not self.after_the_step:
            self._die()
        result = await work()
        if self.dead or dies:
            self._die()
        return result

    def _die(self) -> None:
        self.dead = True
        raise Killed


class Mortal:
    """An object of which each asynchronous call is a step.

    Arguments:
        target: The object.
        mortality: The process that calls it.
        disturb: Is called around each call with its name and whether it is done already; may raise.
        passed: Calls that cannot be disturbed.
    """

    def __init__(
        self,
        target: Any,
        mortality: Mortality,
        disturb: Callable[[str, bool], None] = lambda _, __: None,
    ) -> None:
        self._target = target
        self._mortality = mortality
        self._disturb = disturb

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._target, name)
        if not callable(found):
            return found

        async def call(*given: Any, **named: Any) -> Any:
            async def work() -> Any:
                self._disturb(name, False)
                result = await found(*given, **named)
                self._disturb(name, True)
                return result

            return await self._mortality.step(work)

        return call
