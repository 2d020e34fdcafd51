"""Answers and forwarded mail: whom they go to, what they quote, how they keep the thread together."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import datetime, timedelta, timezone

from tui.mail import addresses, header, mailboxes, text
from tui.mail.signature import signature_block
from tui.model.content import Content
from tui.model.draft import Draft
from tui.model.message import Address
from tui.model.safe_text import safe_line

_QUOTE_WIDTH = 72
_MOST_REFERENCES = 20
# What mail programs of many languages put before a subject; the answer gets one "Re:" whatever was there.
_ANSWERED = re.compile(
    r"(?:\s*(?:re|aw|antw|antwort|sv|vs|ref|odp|ynt|res|rif|r|bls|atb|hl|vá|回复|回覆|答复|答覆|返信)"
    r"\s*(?:\[\d+\]|\(\d+\))?\s*[:：])+\s*",
    re.IGNORECASE,
)
_FORWARDED = re.compile(
    r"(?:\s*(?:fwd?|wg|tr|vb|vl|rv|enc|doorst|i|pd|ilt|továbbítás|转发|轉寄|轉發|転送)\s*[:：])+\s*",
    re.IGNORECASE,
)


def reply(
    content: Content,
    *,
    account: str,
    own: Collection[str],
    to_all: bool = False,
    signature: str = "",
    original: int = 0,
) -> Draft:
    """The draft of an answer to a message. `own` are the person's addresses, which are never answered to.

    It goes to Reply-To, else From; to all: also to To and Cc, or where Mail-Followup-To says. An answer to
    one's own mail goes to its recipients. `original` is the store id of the message.
    """
    mine = {address.lower() for address in (*own, account)}
    to, cc = _recipients(content, mine, to_all)
    parent = content.envelope
    return Draft(
        account=account,
        sender=_identity(content, mine, account),
        to=_field(to),
        cc=_field(cc),
        subject=f"Re: {_bare(parent.subject, _ANSWERED)}".rstrip(),
        body=f"\n\n{attribution(content)}\n{quoted(content)}\n{signature_block(signature)}",
        in_reply_to=parent.message_id,
        references=references(content),
        original=original,
        answers="answered",
    )


def forward(
    content: Content, *, account: str, own: Collection[str], signature: str = "", original: int = 0
) -> Draft:
    """The draft of a forwarded message, its text below its header. Attachments are for the caller to add."""
    mine = {address.lower() for address in (*own, account)}
    return Draft(
        account=account,
        sender=_identity(content, mine, account),
        subject=f"Fwd: {_bare(content.envelope.subject, _FORWARDED)}".rstrip(),
        body=f"\n{signature_block(signature)}\n{_forwarded_header(content)}\n\n{text.plain(content.paragraphs)}\n",
        original=original,
        answers="forwarded",
    )


def edit(content: Content, *, account: str, message: int = 0) -> Draft:
    """A message of the Drafts folder opened for writing again; attachments are for the caller to add."""
    found = content.envelope
    return Draft(
        account=account,
        sender=_field(found.sender[:1]),
        to=_field(found.to),
        cc=_field(found.cc),
        bcc=_field(found.bcc),
        subject=safe_line(found.subject, 2000),
        body=content.text,
        in_reply_to=found.in_reply_to,
        references=found.references,
        message=message,
    )


def references(content: Content) -> tuple[str, ...]:
    """The References of an answer (RFC 5322 3.6.4): the parent's, or its In-Reply-To, and the parent itself.

    Of very long ones the first and the last are kept, which is what threading needs.
    """
    parent = content.envelope
    before = parent.references or ((parent.in_reply_to,) if parent.in_reply_to else ())
    chain = tuple(dict.fromkeys((*before, *((parent.message_id,) if parent.message_id else ()))))
    return chain if len(chain) <= _MOST_REFERENCES else chain[:1] + chain[1 - _MOST_REFERENCES :]


def attribution(content: Content) -> str:
    """The line above a quotation: who wrote it, and when by the writer's own clock."""
    parent = content.envelope
    who = _shown(parent.sender[0]) if parent.sender else "somebody"
    when = _when(content)
    return f"On {when}, {who} wrote:" if when else f"{who} wrote:"


def quoted(content: Content) -> str:
    """The text of a message, wrapped and quoted with `> `, one level deeper than it was."""
    lines = text.wrap(content.paragraphs, _QUOTE_WIDTH, isolate=False)
    return "\n".join(f"{'>' * (line.quote + 1)} {line.text}".rstrip() for line in lines)


def _when(content: Content) -> str:
    parent = content.envelope
    if parent.date is None:
        return ""
    zone = timezone(timedelta(minutes=parent.date_offset or 0))
    try:
        return f"{datetime.fromtimestamp(parent.date, zone):%Y-%m-%d at %H:%M}"
    except (OverflowError, OSError, ValueError):
        return ""


def _forwarded_header(content: Content) -> str:
    found = content.envelope
    rows = [
        ("From", ", ".join(map(_shown, found.sender))),
        ("Date", _when(content)),
        ("Subject", safe_line(found.subject)),
        ("To", ", ".join(map(_shown, found.to[:50]))),
        ("Cc", ", ".join(map(_shown, found.cc[:50]))),
    ]
    return "---------- Forwarded message ----------\n" + "\n".join(
        f"{name}: {value}" for name, value in rows if value
    )


def _shown(person: Address) -> str:
    return safe_line(addresses.written(person), 200)


def _bare(subject: str, prefix: re.Pattern[str]) -> str:
    match = prefix.match(subject[:2000])
    return safe_line(subject[match.end() :] if match else subject, 2000).strip()


def _recipients(content: Content, mine: Collection[str], to_all: bool) -> tuple[list[Address], list[Address]]:
    found = content.envelope
    from_me = bool(found.sender) and all(person.address.lower() in mine for person in found.sender)
    main = found.to if from_me else (found.reply_to or found.sender)
    if not to_all:
        return _others(main, mine, set()) or list(main[:1]), []
    followup = _followup(content)
    if followup:
        return _others(followup, mine, set()) or list(followup), []
    seen: set[str] = set()
    to = _others(main, mine, seen)
    if not from_me:
        to += _others(found.to, mine, seen)
    cc = _others(found.cc, mine, seen)
    return to or list(main[:1]), cc


def _others(people: Iterable[Address], mine: Collection[str], seen: set[str]) -> list[Address]:
    kept: list[Address] = []
    for person in people:
        key = person.address.lower()
        if "@" in key and key not in mine and key not in seen:
            seen.add(key)
            kept.append(person)
    return kept


def _followup(content: Content) -> tuple[Address, ...]:
    value = next((value for name, value in content.headers if name.lower() == "mail-followup-to"), "")
    return mailboxes.parse(value) if value else ()


def _identity(content: Content, mine: Collection[str], account: str) -> str:
    """The own address a message came to, so that the answer comes from it; "" is the account's main one."""
    found = content.envelope
    for person in (*found.to, *found.cc, *found.sender):
        if person.address.lower() in mine:
            return "" if person.address.lower() == account.lower() else person.address
    return ""


def _field(people: Iterable[Address]) -> str:
    return ", ".join(
        addresses.written(Address(safe_line(person.name or "", 200) or None, person.address))
        for person in people
        if header.is_one_line(person.address)
    )
