"""The life of a mail in the outbox, as a table.

The one rule above all: from DOT_SENT nothing leads back to QUEUED by itself. After the final dot only the
server's reply tells what became of the mail; without it the person decides (RFC 5321 4.5.3.2.6, RFC 1047).
"""

from __future__ import annotations

from enum import Enum, auto

from tui.model.draft import SendState


class Happening(Enum):
    """What can happen to a mail of the outbox."""

    DUE = auto()
    STARTED = auto()
    DOT = auto()
    ACCEPTED = auto()
    PARTLY_DEFERRED = auto()
    DEFERRED = auto()
    REFUSED = auto()
    REST_REFUSED = auto()
    CUT = auto()
    CRASHED = auto()
    FOUND = auto()
    RETRIED = auto()
    CANCELLED = auto()


_S = SendState
_H = Happening

TRANSITIONS: dict[tuple[SendState, Happening], SendState] = {
    (_S.HELD, _H.DUE): _S.QUEUED,
    (_S.HELD, _H.RETRIED): _S.QUEUED,
    (_S.HELD, _H.CANCELLED): _S.CANCELLED,
    (_S.QUEUED, _H.STARTED): _S.SENDING,
    (_S.QUEUED, _H.RETRIED): _S.QUEUED,
    (_S.QUEUED, _H.REFUSED): _S.FAILED,
    (_S.QUEUED, _H.CANCELLED): _S.CANCELLED,
    (_S.SENDING, _H.DOT): _S.DOT_SENT,
    (_S.SENDING, _H.DEFERRED): _S.QUEUED,
    (_S.SENDING, _H.CUT): _S.QUEUED,
    (_S.SENDING, _H.CRASHED): _S.QUEUED,
    (_S.SENDING, _H.REFUSED): _S.FAILED,
    (_S.SENDING, _H.REST_REFUSED): _S.SENT,
    (_S.DOT_SENT, _H.ACCEPTED): _S.SENT,
    (_S.DOT_SENT, _H.PARTLY_DEFERRED): _S.QUEUED,
    (_S.DOT_SENT, _H.DEFERRED): _S.QUEUED,
    (_S.DOT_SENT, _H.REFUSED): _S.FAILED,
    (_S.DOT_SENT, _H.CUT): _S.UNSURE,
    (_S.DOT_SENT, _H.CRASHED): _S.UNSURE,
    (_S.SENT, _H.RETRIED): _S.QUEUED,  # to those who were refused
    (_S.UNSURE, _H.FOUND): _S.SENT,
    (_S.UNSURE, _H.RETRIED): _S.QUEUED,
    (_S.UNSURE, _H.CANCELLED): _S.CANCELLED,
    (_S.FAILED, _H.RETRIED): _S.QUEUED,
    (_S.FAILED, _H.CANCELLED): _S.CANCELLED,
}

DURABLE = frozenset({_S.DOT_SENT, _S.SENT, _S.UNSURE, _S.FAILED})
"""States whose commit must reach the disk before the next act (synchronous=FULL)."""


def following(state: SendState, happening: Happening) -> SendState | None:
    """The state after `happening`, or None where it cannot happen in `state`."""
    return TRANSITIONS.get((state, happening))


def sources(happening: Happening) -> frozenset[SendState]:
    """The states in which `happening` can happen."""
    return frozenset(state for state, what in TRANSITIONS if what is happening)
