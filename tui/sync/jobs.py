"""What an account's thread is asked to do, and the queue it is asked through."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from tui.model.error import Cancelled
from tui.sync import futures


class Urgency(IntEnum):
    """Order of the queue: what a person waits for goes first."""

    NOW = 0
    CHANGES = 1
    LOOKUP = 2
    FETCH = 3


@dataclass(frozen=True, slots=True)
class OpenBody:
    """Fetch one message's body: a person is looking at it."""

    message: int


@dataclass(frozen=True, slots=True)
class PushChanges:
    """Tell the server what was changed here."""


@dataclass(frozen=True, slots=True)
class LookForSent:
    """Look in the Sent folder for a mail of which nobody knows whether it left."""

    outgoing: int


@dataclass(frozen=True, slots=True)
class FetchMail:
    """Bring folders (none named: all) up to date. `bodies` False leaves the bodies for later."""

    folders: tuple[str, ...] = ()
    bodies: bool = True


@dataclass(frozen=True, slots=True)
class FetchAllBodies:
    """Fetch every body that is not here yet, whatever the offline setting says."""


Work = OpenBody | PushChanges | LookForSent | FetchMail | FetchAllBodies

_URGENCY: dict[type[Work], Urgency] = {
    OpenBody: Urgency.NOW,
    PushChanges: Urgency.CHANGES,
    LookForSent: Urgency.LOOKUP,
    FetchMail: Urgency.FETCH,
    FetchAllBodies: Urgency.FETCH,
}


@dataclass(frozen=True, slots=True)
class Job:
    """Work and the Future of whoever asked; the same work asked for twice is done once for both."""

    work: Work
    futures: list[Future[Any]] = field(default_factory=list)

    def done(self, answer: object = None) -> None:
        """Give everybody who asked the answer."""
        for future in self.futures:
            futures.answer(future, answer)

    def failed(self, error: BaseException) -> None:
        """Give everybody who asked the error."""
        for future in self.futures:
            futures.refuse(future, error)


class JobQueue:
    """A priority queue of jobs. `wake` is called after each addition, from the adding thread."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._condition = threading.Condition()
        self._heap: list[tuple[Urgency, int, Job]] = []
        self._count = itertools.count()
        self._closed = False

    def add(self, work: Work, future: Future[Any] | None = None) -> None:
        """Ask for work. After `close` the future only learns that the program is closing."""
        with self._condition:
            if self._closed:
                if future:
                    future.set_exception(Cancelled("The program is closing."))
                return
            job = next((job for _, _, job in self._heap if job.work == work), None)
            if job is None:
                job = Job(work)
                heapq.heappush(self._heap, (_URGENCY[type(work)], next(self._count), job))
            if future:
                job.futures.append(future)
            self._condition.notify_all()
        self._wake()

    def put_back(self, job: Job) -> None:
        """A job that was taken is to be done later, for all who asked for it."""
        self.add(job.work)
        for future in job.futures:
            self.add(job.work, future)

    def take(self, up_to: Urgency = Urgency.FETCH, wait: float = 0.0) -> Job | None:
        """The most urgent job not less urgent than `up_to`, waiting so many seconds for one."""
        with self._condition:
            if wait and not self._ready(up_to) and not self._closed:
                self._condition.wait_for(lambda: self._ready(up_to) or self._closed, wait)
            return heapq.heappop(self._heap)[2] if self._ready(up_to) else None

    def _ready(self, up_to: Urgency) -> bool:
        return bool(self._heap) and self._heap[0][0] <= up_to

    def nudge(self) -> None:
        """Wake whoever waits in `take`, without a job."""
        with self._condition:
            self._condition.notify_all()

    def close(self) -> list[Job]:
        """Take no more jobs, and give back those that were never begun."""
        with self._condition:
            self._closed = True
            rest = [job for _, _, job in self._heap]
            self._heap.clear()
            self._condition.notify_all()
        return rest
