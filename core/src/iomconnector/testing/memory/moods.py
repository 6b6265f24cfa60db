"""How systems in memory meet requests."""

from enum import StrEnum


class Mood(StrEnum):
    """How it meets requests."""

    ACCEPTING = "handles them and answers"
    DOWN = "nobody listens"
    IGNORING = "takes them, handles none and does not answer"
    LOSING_ANSWERS = "handles them and does not answer"
    FAILING = "handles none and answers with an error of its own"
    GARBLING = "handles them and answers what nobody can read"
    THROTTLING = "handles none and asks to come back later"
    FORBIDDING = "handles none, since the user lacks the rights"
    REFUSING = "refuses every order for its content"


class MoodyFarSide:
    """A system that meets requests as tests want it."""

    def __init__(self) -> None:
        self.mood = Mood.ACCEPTING
        self.throttled_for = 0

    async def accept(self) -> None:
        """Answer every request as it should be answered."""
        self.mood = Mood.ACCEPTING

    async def go_down(self) -> None:
        """Listen no more."""
        self.mood = Mood.DOWN

    async def ignore(self) -> None:
        """Take requests, handle none, answer none."""
        self.mood = Mood.IGNORING

    async def lose_answers(self) -> None:
        """Handle requests, answer none."""
        self.mood = Mood.LOSING_ANSWERS

    async def fail(self) -> None:
        """Answer with an error of its own."""
        self.mood = Mood.FAILING

    async def garble(self) -> None:
        """Handle requests and answer what nobody can read."""
        self.mood = Mood.GARBLING

    async def throttle(self, seconds: int) -> None:
        """Ask to come back after so many seconds."""
        self.mood = Mood.THROTTLING
        self.throttled_for = seconds

    async def forbid(self) -> None:
        """Take the user's rights away."""
        self.mood = Mood.FORBIDDING
