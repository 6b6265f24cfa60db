"""Order numbers from blocks: the database is asked once a block, and memory gives the rest."""

import asyncio
import os
from asyncio import AbstractEventLoop
from collections import deque
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from threading import Lock
from weakref import WeakKeyDictionary, WeakSet

from iomconnector.model.order_number_sequences import Block, SequenceState, day_of
from iomconnector.model.values import OrderNumber
from iomconnector.ports.clock import Clock
from iomconnector.ports.sequence_store import SequenceChange, SequenceStore

FRESH_FOR = timedelta(seconds=1)
"""So soon a change of the sequence takes effect in every process."""


@dataclass(slots=True)
class _Open:
    block: Block
    following: int
    checked_at: datetime


class BlockwiseSequence:
    """Implements :class:`~iomconnector.ports.order_number_sequence.OrderNumberSequence`.

    A block belongs to one object in one process; it is on disk that it is taken before its first number is
    given. A process that dies loses what is left of its blocks, and so does a change of the sequence, the end
    of a day where numbers have a date, and a fork: gaps are no harm, repeats would be. Tasks and threads may
    share an object.

    Arguments:
        store: Where the sequences stand.
        clock: Tells the day for numbers with a date.
    """

    def __init__(self, store: SequenceStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._forget()
        _all.add(self)

    def _forget(self) -> None:
        self._lock = Lock()
        self._open: dict[str, deque[_Open]] = {}
        self._turns: WeakKeyDictionary[AbstractEventLoop, dict[str, asyncio.Lock]] = WeakKeyDictionary()

    async def next_number(self, organization: str) -> OrderNumber:
        """A number that was never given before and never will be again."""
        number = self._from_memory(organization)
        if number is not None:
            return number
        async with self._turn(organization):
            number = self._from_memory(organization)
            while number is None:
                await self._refill(organization)
                number = self._from_memory(organization, just_checked=True)
        return number

    def _from_memory(self, organization: str, *, just_checked: bool = False) -> OrderNumber | None:
        now = self._clock.now()
        with self._lock:
            blocks = self._open.get(organization)
            while blocks:
                opened = blocks[0]
                if opened.block.numbers.has_date and opened.block.day < day_of(now):
                    blocks.popleft()
                    continue
                if not just_checked and abs(now - opened.checked_at) >= FRESH_FOR:
                    return None
                counter = opened.following
                opened.following += 1
                if counter == opened.block.last:
                    blocks.popleft()
                return opened.block.number(counter)
        return None

    async def _refill(self, organization: str) -> None:
        """See whether what is in memory still counts, or take the next block."""
        now = self._clock.now()
        if self._has_left(organization):
            generation = (await self._store.get(organization)).generation
            with self._lock:
                blocks = self._open.get(organization, deque())
                kept = deque(each for each in blocks if each.block.generation == generation)
                for each in kept:
                    each.checked_at = now
                self._open[organization] = kept
            return
        block = await self._store.update(organization, partial(_reserve, now=now))
        with self._lock:
            self._open.setdefault(organization, deque()).append(_Open(block, block.first, now))

    def _has_left(self, organization: str) -> bool:
        with self._lock:
            return bool(self._open.get(organization))

    def _turn(self, organization: str) -> asyncio.Lock:
        with self._lock:
            turns = self._turns.setdefault(asyncio.get_running_loop(), {})
            return turns.setdefault(organization, asyncio.Lock())


def _reserve(state: SequenceState, *, now: datetime) -> SequenceChange[Block]:
    reserved, block = state.reserved(day_of(now))
    return SequenceChange(reserved, block)


_all: "WeakSet[BlockwiseSequence]" = WeakSet()


def _forget_everything() -> None:
    """In a forked process: the blocks are the parent's, who goes on giving their numbers."""
    for sequence in _all:
        sequence._forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_everything)
