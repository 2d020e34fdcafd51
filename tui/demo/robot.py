"""Answers the mail sent in the demo, so that new mail, threads and delivery reports can be seen to work."""

from __future__ import annotations

import email
from collections.abc import Iterator, Sequence
from datetime import datetime
from email.message import Message
from email.utils import format_datetime, parseaddr

from tui.demo import mime, report

_ANSWER = """\
Thank you for your letter. I am the robot of this demo.

Your mail went over SMTP to a server that runs on this computer and nowhere
else; this answer lies in an inbox beside it. Nothing was sent to anybody.

More to try:
  - answer me: every letter gets an answer, and the thread grows
  - write to bounce@contoso.example: a delivery report comes back
  - write to refuse@contoso.example: the server refuses the recipient
  - write to yourself: the mail comes straight back
"""

# So many lines of the letter are quoted in the answer, and no more.
_QUOTED_LINES = 60


def sorted_out(recipients: Sequence[str], own: str) -> tuple[bool, tuple[str, ...]]:
    """Whether the owner of the mailbox is among the recipients, and who else is."""
    others = tuple(address for address in recipients if address.lower() != own.lower())
    return len(others) < len(recipients), others


def received(raw: bytes, now: datetime) -> bytes:
    """A message as the receiving server files it, with its trace field on top (RFC 5321 4.4)."""
    trace = f"Received: from localhost by outlook-demo.example with ESMTPA; {format_datetime(now)}\r\n"
    return trace.encode() + raw


def answers(raw: bytes, own: str, recipients: Sequence[str], now: datetime, number: int) -> Iterator[bytes]:
    """What comes back for a letter: a report for each bounce@…, and one answer by the first of the others.

    `number` makes the Message-IDs unique in this demo; `own` is the address the letter came from.
    """
    letter = email.message_from_bytes(raw)
    friendly = []
    for place, address in enumerate(recipients):
        if address.lower().startswith("bounce"):
            yield received(_bounce(letter, raw, own, address, now, f"{number}.{place}"), now)
        else:
            friendly.append(address)
    if friendly:
        yield received(_answer(letter, own, friendly[0], now, number), now)


def _answer(letter: Message, own: str, answerer: str, now: datetime, number: int) -> bytes:
    subject = _raw_field(letter, "Subject")
    if not subject.lower().startswith("re:"):
        subject = f"Re: {subject}".rstrip()
    message_id = _raw_field(letter, "Message-ID")
    references = " ".join(f"{_raw_field(letter, 'References')} {message_id}".split())
    fields = [
        ("From", _mailbox(answerer)),
        ("To", own),
        ("Subject", subject),
        ("Date", format_datetime(now)),
        ("Message-ID", f"<answer.{number}.{now:%Y%m%d%H%M%S%f}@robot.outlook-demo.example>"),
        *([("In-Reply-To", message_id), ("References", references)] if message_id else []),
        ("Auto-Submitted", "auto-replied"),
    ]
    body = f"{_ANSWER}\nYou wrote:\n\n{_quoted(letter)}"
    return mime.message(fields, mime.flowed(body))


def _bounce(letter: Message, raw: bytes, own: str, address: str, now: datetime, mark: str) -> bytes:
    fields = [
        ("From", "Mail delivery system <postmaster@outlook-demo.example>"),
        ("To", own),
        ("Subject", f"Undeliverable: {_raw_field(letter, 'Subject')}".rstrip(": ")),
        ("Date", format_datetime(now)),
        ("Message-ID", f"<report.{mark}.{now:%Y%m%d%H%M%S%f}@outlook-demo.example>"),
        ("In-Reply-To", _raw_field(letter, "Message-ID")),
        ("Auto-Submitted", "auto-replied"),
    ]
    header = raw.partition(b"\r\n\r\n")[0] + b"\r\n"
    return mime.message(fields, report.undeliverable(address, header, now))


def _raw_field(letter: Message, name: str) -> str:
    """A header field unfolded and otherwise as it was sent, so that it can go back into a header."""
    values = (value for key, value in letter.raw_items() if key.lower() == name.lower())
    unfolded = " ".join(next(values, "").split())
    return unfolded.encode("ascii", "surrogateescape").decode("utf-8", "replace")


def _mailbox(address: str) -> str:
    local = parseaddr(address)[1].partition("@")[0]
    return f"{local.replace('.', ' ').replace('-', ' ').capitalize()} robot <{address}>"


def _quoted(letter: Message) -> str:
    lines = _plain_text(letter).splitlines()
    shown = [f"> {line}".rstrip() for line in lines[:_QUOTED_LINES]]
    if len(lines) > _QUOTED_LINES:
        shown.append("> […]")
    return "\n".join(shown) + "\n"


def _plain_text(letter: Message) -> str:
    for part in letter.walk():
        if part.get_content_type() == "text/plain":
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            try:
                return data.decode(part.get_content_charset("utf-8"), "replace")
            except LookupError:
                return data.decode("latin-1")
    return ""
