"""Who is inside, and who waits for a turn, in the order in which they came."""

import asyncio
from collections import deque
from collections.abc import Callable


class Turns:
    """Lets so many in at a time. Belongs to one event loop.

    Arguments:
        allowed: Says how many may be inside at present; where it grows, call :meth:`admit`.
    """

    def __init__(self, allowed: Callable[[], int]) -> None:
        self._allowed = allowed
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.inside = 0

    @property
    def waiting(self) -> int:
        """How many wait."""
        return len(self._waiting)

    @property
    def free(self) -> int:
        """How many more could enter now without waiting."""
        return max(0, self._allowed() - self.inside - len(self._waiting))

    def enter_at_once(self) -> bool:
        """Enter where nobody has to wait; False where somebody has to."""
        if self._waiting or self.inside >= self._allowed():
            return False
        self.inside += 1
        return True

    def queue(self) -> asyncio.Future[None]:
        """Join those who wait; to be passed to :meth:`turn_of` at once."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        return turn

    async def turn_of(self, turn: asyncio.Future[None]) -> None:
        """Wait for a turn; who is cancelled takes none from the others.

        Raises:
            Exception: What was given to :meth:`reject`.
        """
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled() and turn.exception() is None:
                self.leave()
            elif turn in self._waiting:
                self._waiting.remove(turn)
            raise

    def leave(self) -> None:
        """End a turn."""
        self.inside -= 1
        self.admit()

    def admit(self) -> None:
        """Let in who may enter."""
        while self._waiting and self.inside < self._allowed():
            turn = self._waiting.popleft()
            if not turn.done():
                self.inside += 1
                turn.set_result(None)

    def reject(self, error: Exception) -> None:
        """Send away all who wait."""
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_exception(error)
