"""Mail that is being written, and mail that waits to be sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class DraftFile:
    """An attachment of a draft; its bytes lie in the store, so that the file may vanish meanwhile."""

    id: int
    filename: str
    type: str
    size: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail being written. Recipient fields are the text as typed: half an address is kept too.

    `id` is 0 until first saved. `original` is the store id of the message that is answered or forwarded
    (0: none), `answers` what becomes of it on sending: "answered", "forwarded" or "". `message` is the
    store id of its copy in the Drafts folder, 0 while there is none. `saved` is Unix seconds.
    """

    account: str
    id: int = 0
    sender: str = ""
    to: str = ""
    cc: str = ""
    bcc: str = ""
    subject: str = ""
    body: str = ""
    markdown: bool = False
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    original: int = 0
    answers: str = ""
    message: int = 0
    files: tuple[DraftFile, ...] = ()
    saved: int = 0


class SendState(StrEnum):
    """Where a mail in the outbox stands; `sync.outbox` has the table of transitions.

    DOT_SENT is written before the final dot leaves: after it nobody can know whether the server took the
    mail (RFC 1047), so it is never sent again by itself.
    """

    HELD = "held"
    QUEUED = "queued"
    SENDING = "sending"
    DOT_SENT = "dot-sent"
    SENT = "sent"
    FAILED = "failed"
    UNSURE = "unsure"
    CANCELLED = "cancelled"


class CopyState(StrEnum):
    """Whether the copy for the Sent folder has been filed."""

    NONE = "none"
    PENDING = "pending"
    DONE = "done"


class RecipientState(StrEnum):
    """What the server said of one recipient."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One envelope recipient and the server's last answer to it (SMTP code and text)."""

    address: str
    state: RecipientState = RecipientState.PENDING
    code: int = 0
    text: str = ""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One mail of the outbox without its bytes. Times are Unix seconds.

    `due` is when it may be sent first (undo time, send later, next try). `server_id` is the Message-ID the
    server gave it instead of ours, "" where it kept ours. `last_error` is the server's own words,
    `explanation` ours.
    """

    id: int
    account: str
    state: SendState
    sender: str
    recipients: tuple[Recipient, ...]
    subject: str
    message_id: str
    size: int
    created: int
    due: int
    attempts: int = 0
    last_error: str = ""
    explanation: str = ""
    sent_copy: CopyState = CopyState.NONE
    server_id: str = ""
    original: int = 0
    answers: str = ""

    @property
    def have_it(self) -> tuple[str, ...]:
        """Those whose server has taken the mail for them, for good."""
        return tuple(one.address for one in self.recipients if one.state is RecipientState.ACCEPTED)
