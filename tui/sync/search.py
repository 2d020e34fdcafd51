"""Unsure mail is looked for in Sent: what stands there has left; what does not proves nothing."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any

from tui.model.draft import Outgoing, RecipientState, SendState
from tui.model.event import OutboxChanged, Phase
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.backoff import send_delay
from tui.sync.context import Context
from tui.sync.hand_over import move
from tui.sync.outbox_states import Happening

TIMES = 5
ASK_LATER = 10.0
_AT_WORK = (Phase.UP_TO_DATE, Phase.FETCHING)

LookFor = Callable[[str, int], Future[Any] | None]
"""Given an account and a mail of the outbox: a Future of whether it stands in Sent, None where there is no
folder to look in."""


@dataclass(slots=True)
class _Sought:
    """A mail, how often it was looked for, and when it is the next time (monotonic seconds)."""

    outgoing: Outgoing
    times: int = 0
    at: float = 0.0


class Search:
    """Looks at once and, with `again`, after 1, 5, 15 and 60 minutes: the connection that broke may not be
    back before, and Exchange files its copies late. Then it is left to the person, until the next start.

    Used by one thread, except `begin`; `nudge` is called when `go_on` has something to do.
    """

    def __init__(
        self, context: Context, look_for: LookFor, nudge: Callable[[], None], *, again: bool
    ) -> None:
        self._context = context
        self._look_for = look_for
        self._nudge = nudge
        self._again = again
        self._lock = threading.Lock()
        self._sought: dict[int, _Sought] = {}
        self._found: list[int] = []

    def begin(self, outgoing: Outgoing) -> None:
        """Look for a mail from now on; from any thread."""
        with self._lock:
            self._sought[outgoing.id] = _Sought(outgoing)
        self._nudge()

    def go_on(self, reader: Reader, writer: Writer) -> None:
        """Note what was found, and look for what it is time for."""
        with self._lock:
            found, self._found = self._found, []
            sought = list(self._sought.values())
        for number in found:
            outgoing = reader.outgoing(number)
            if outgoing and _is_provable(outgoing):
                move(writer, outgoing, Happening.FOUND, explanation="It was found in Sent: it has left.")
                self._context.board.tell(OutboxChanged(number))
        for one in sought:
            outgoing = reader.outgoing(one.outgoing.id)
            if one.outgoing.id in found or outgoing is None or not _is_provable(outgoing):
                self._forget(one.outgoing.id)
            elif one.at <= time.monotonic():
                self._look(one)

    def wait(self) -> float:
        """Seconds until `go_on` has something to do."""
        with self._lock:
            return min((one.at for one in self._sought.values()), default=float("inf")) - time.monotonic()

    def _look(self, one: _Sought) -> None:
        account, number = one.outgoing.account, one.outgoing.id
        if one.times and self._context.board.status(account).phase not in _AT_WORK:
            one.at = time.monotonic() + ASK_LATER  # asking would have it connect at once, and again and again
            return
        one.times += 1
        one.at = time.monotonic() + send_delay(one.times)
        future = self._look_for(account, number)
        if future is None or one.times >= TIMES or not self._again:
            self._forget(number)
        if future is not None:
            future.add_done_callback(lambda ended: self._heard(number, ended))

    def _heard(self, number: int, ended: Future[Any]) -> None:
        if ended.cancelled() or ended.exception() or not ended.result():
            return
        with self._lock:
            self._found.append(number)
        self._nudge()

    def _forget(self, number: int) -> None:
        with self._lock:
            self._sought.pop(number, None)


def _is_provable(outgoing: Outgoing) -> bool:
    """Whether a copy in Sent says that this unsure mail has left. Where some have got it by an earlier try,
    the copy may be of that one, and tells nothing of those who were asked again."""
    states = {one.state for one in outgoing.recipients}
    twice = {RecipientState.ACCEPTED, RecipientState.PENDING} <= states
    return outgoing.state is SendState.UNSURE and not twice
