"""What a mail in the outbox is doing, in words. Pure: the time now is handed in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tui.model.draft import Outgoing, Recipient, RecipientState, SendState
from tui.model.safe_text import safe_line, safe_text
from tui.ui.words import count, short_date, span

_MARKS: dict[SendState, str] = {
    SendState.HELD: "◷",
    SendState.QUEUED: "→",
    SendState.SENDING: "◐",
    SendState.DOT_SENT: "?",
    SendState.SENT: "✓",
    SendState.FAILED: "✗",
    SendState.UNSURE: "?",
    SendState.CANCELLED: "–",
}

CAN_COME_BACK = frozenset({SendState.HELD, SendState.QUEUED, SendState.FAILED, SendState.UNSURE})
"""States in which the person may take a mail back or send it (again)."""

UNSURE = (
    "The connection broke after the whole mail had been handed over, before the server said that it has it. "
    "So it may have arrived or not, and nobody can know from here. Look into Sent, or ask the recipient. "
    "It is not sent again by itself; sending it again may deliver it twice."
)


_LONGEST_UNDO = 600
"""Seconds: a mail that waits longer was told to be sent later, and stays."""


def can_retry(mail: Outgoing) -> bool:
    """Whether it may be sent (again) now: what was sent, to those who were refused."""
    refused = any(one.state is RecipientState.REFUSED for one in mail.recipients)
    return mail.state in CAN_COME_BACK or (mail.state is SendState.SENT and refused)


def mark(state: SendState) -> str:
    """One cell that tells the states apart without colour."""
    return _MARKS[state]


def state_words(mail: Outgoing, now: float) -> str:
    """Where the mail stands, with the time of the next try."""
    match mail.state:
        case SendState.HELD:
            return f"Leaves {_when(mail.due, now)}"
        case SendState.QUEUED if mail.attempts:
            return f"Not sent yet, tried {count(mail.attempts, 'time')}, again {_when(mail.due, now)}"
        case SendState.QUEUED:
            return f"Waits, leaves {_when(mail.due, now)}"
        case SendState.SENDING:
            return "Is being sent"
        case SendState.DOT_SENT | SendState.UNSURE:
            return "Perhaps sent: nobody knows"
        case SendState.SENT:
            return "Sent, but not to all" if can_retry(mail) else "Sent"
        case SendState.FAILED:
            return "Not sent"
        case SendState.CANCELLED:
            return "Taken back"


def account_of(mail: Outgoing, now: float) -> str:
    """All that is known of the mail, in lines: recipients with their answers, why, the server's words."""
    unsure = mail.state in (SendState.UNSURE, SendState.DOT_SENT)
    lines = [_recipient(one, unsure) for one in mail.recipients]
    if mail.explanation or unsure:
        lines += ["", safe_text(mail.explanation) or UNSURE]
    if mail.last_error:
        lines += ["", f"The server said: {safe_text(mail.last_error)}"]
    when = short_date(mail.created, now)
    lines += ["", f"Written {when} as {safe_line(mail.sender)}, by the account {safe_line(mail.account)}."]
    return "\n".join(lines)


def stuck(mails: Iterable[Outgoing]) -> str:
    """What the status line says of mails for which the person is needed, "" where there are none."""
    states = [mail.state for mail in mails]
    unsure, failed = states.count(SendState.UNSURE), states.count(SendState.FAILED)
    parts = (
        f"? {count(unsure, 'mail')} perhaps sent" if unsure else "",
        f"✗ {count(failed, 'mail')} not sent" if failed else "",
    )
    words = ", ".join(part for part in parts if part)
    return f"{words} (g o)" if words else ""


def leaving(mails: Iterable[Outgoing], now: float) -> Outgoing | None:
    """The newest mail that still waits for its undo time; one that was told to leave later is none."""
    held = [
        mail
        for mail in mails
        if mail.state is SendState.HELD and mail.due > now and mail.due - mail.created <= _LONGEST_UNDO
    ]
    return max(held, key=lambda mail: mail.created, default=None)


def _recipient(one: Recipient, unsure: bool) -> str:
    answer = safe_line(f"{one.code or ''} {one.text}".strip(), 300)
    match one.state:
        case RecipientState.ACCEPTED:
            return f"{'?' if unsure else '✓'} {safe_line(one.address)}"
        case RecipientState.REFUSED:
            return f"✗ {safe_line(one.address)}: refused" + (f" ({answer})" if answer else "")
        case RecipientState.PENDING:
            return f"{'?' if unsure else '·'} {safe_line(one.address)}" + (f" ({answer})" if answer else "")


def _when(due: float, now: float) -> str:
    if due <= now + 1:
        return "now"
    if due - now < 3600:
        return f"in {span(due - now)}"
    try:
        return f"{datetime.fromtimestamp(due):%a %d %b %H:%M}"
    except (OverflowError, OSError, ValueError):
        return "later"
