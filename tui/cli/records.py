"""The JSON objects of the command line, and the words for flags and times in them. Names never change."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from tui.model.error import BadUsage
from tui.model.message import Address, BodyState, Flag, Row

if TYPE_CHECKING:
    from tui.model.account import Account
    from tui.model.command import Check, Summary
    from tui.model.content import Content
    from tui.model.draft import Outgoing
    from tui.model.folder import Folder
    from tui.store.reader import Holdings

Record = dict[str, Any]

FLAG_NAMES = tuple(name for flag in Flag for name in flag.names())


def iso(seconds: int | float | None, offset: int | None = None) -> str | None:
    """Unix seconds as ISO 8601 with an offset (minutes east of UTC; None: UTC), None for no such time."""
    if seconds is None:
        return None
    try:
        zone = timezone(timedelta(minutes=offset)) if offset else UTC
        return datetime.fromtimestamp(seconds, zone).isoformat()
    except (OverflowError, OSError, ValueError):
        return None if not offset else iso(seconds)


def addresses(found: Iterable[Address]) -> list[Record]:
    """Addresses as every JSON object shows them."""
    return [{"name": one.name or None, "address": one.address} for one in found]


def flag_words(flags: Flag, tags: Iterable[str]) -> list[str]:
    """Flags by name, own tags as #word."""
    return [*flags.names(), *(f"#{tag}" for tag in sorted(tags))]


def parse_flags(words: Iterable[str]) -> tuple[Flag, frozenset[str]]:
    """The opposite of `flag_words`. Raises BadUsage for an unknown name."""
    flags = Flag(0)
    tags: set[str] = set()
    for word in words:
        if word.startswith("#") and len(word) > 1:
            tags.add(word[1:])
        elif word.lower() in FLAG_NAMES:
            flags |= Flag[word.upper()]
        else:
            raise BadUsage(f"There is no flag {word!r}.", f"Flags: {' '.join(FLAG_NAMES)}; own tags: #word.")
    return flags, frozenset(tags)


def row(found: Row) -> Record:
    """A message as `list` and `search` show it."""
    envelope = found.envelope
    return {
        "id": found.id,
        "account": found.account,
        "folder": found.folder,
        "uid": found.uid or None,
        "uidl": found.uidl or None,
        "message_id": envelope.message_id or None,
        "from": addresses(envelope.sender),
        "to": addresses(envelope.to),
        "cc": addresses(envelope.cc),
        "subject": envelope.subject,
        "date": iso(envelope.date, envelope.date_offset),
        "received": iso(found.received),
        "flags": flag_words(found.flags, found.tags),
        "size": found.size,
        "attachments": found.attachments,
        "thread": found.thread,
        "body": BodyState(found.body).value,
        "on_server": found.on_server,
    }


def content(found: Content) -> Record:
    """A message opened for reading, as `read` and `inspect` show it; null where the mail has none."""
    envelope = found.envelope
    return {
        "from": addresses(envelope.sender) or None,
        "to": addresses(envelope.to) or None,
        "cc": addresses(envelope.cc) or None,
        "bcc": addresses(envelope.bcc) or None,
        "reply_to": addresses(envelope.reply_to) or None,
        "subject": envelope.subject or None,
        "message_id": envelope.message_id or None,
        "in_reply_to": envelope.in_reply_to or None,
        "references": list(envelope.references) or None,
        "date": iso(envelope.date, envelope.date_offset),
        "date_epoch": envelope.date,
        "text": found.text,
        "html": found.html or None,
        "attachments": [
            {
                "part": one.part,
                "filename": one.filename or None,
                "type": one.type,
                "size": one.size,
                "sha256": one.sha256,
                "disposition": one.disposition or None,
                "content_id": one.content_id or None,
            }
            for one in found.attachments
        ],
        "tree": found.tree,
        "links": [{"text": one.text, "url": one.url, "warning": one.warning or None} for one in found.links],
        "auth": found.auth,
        "warnings": list(found.warnings),
    }


def folder(found: Folder) -> Record:
    """A folder with its counts."""
    return {
        "account": found.account,
        "name": found.name,
        "role": found.role.value or None,
        "unread": found.unread,
        "total": found.total,
        "local": found.local,
    }


WAITING = frozenset({"held", "queued", "sending", "dot-sent"})


def send_state(found: Outgoing) -> str:
    """The state in the words of the contract: whatever is still on its way is queued."""
    return "queued" if found.state.value in WAITING else found.state.value


def sending(found: Outgoing) -> Record:
    """What became of a mail that was handed to `send`."""
    return {
        "id": found.id,
        "state": send_state(found),
        "message_id": found.message_id or None,
        "refused": [
            {"address": one.address, "code": one.code, "text": one.text}
            for one in found.recipients
            if one.state.value == "refused"
        ],
        "explanation": found.explanation or None,
    }


def outgoing(found: Outgoing) -> Record:
    """A row of the outbox."""
    state = send_state(found)
    return {
        "id": found.id,
        "state": state,
        "to": [{"name": None, "address": one.address} for one in found.recipients],
        "subject": found.subject,
        "attempts": found.attempts,
        "next_try": iso(found.due) if state == "queued" and found.due else None,
        "last_error": found.last_error or None,
        "explanation": found.explanation or None,
    }


def account(found: Account) -> Record:
    """An account by the keys of `account set`, without secrets and without the commands that print them."""
    from tui.config.accounts import shown

    defaults = {"keep": found.keep.text, "offline": found.offline.text, "sent_copy": found.sent_copy.value}
    return {**shown(found), **defaults}


def disk(found: Holdings) -> Record:
    """What an account has on this disk; sizes in octets."""
    return {
        "folders": [
            {
                "name": one.name,
                "local": one.local,
                "messages": one.messages,
                "on_server": one.on_server,
                "whole": one.bodies,
                "headers_only": one.messages - one.bodies,
                "only_here": one.messages - one.on_server,
                "octets": one.octets,
                "octets_with_attachments": one.with_files,
                "octets_missing": one.missing,
                "oldest_whole": iso(one.oldest or None),
                "vanished": one.held,
                "first_goes": iso(one.goes or None),
            }
            for one in found.folders
        ],
        "changes_waiting": found.waiting,
        "changes_refused": found.refused,
        "outbox": found.outbox,
        "drafts": found.drafts,
        "to_index": found.to_index,
        "store": str(found.path),
        "store_octets": found.store_octets,
        "free_octets": found.free_octets,
    }


def check(found: Check) -> Record:
    """One step of `doctor` and `account test`."""
    return {"check": found.check, "ok": found.ok, "detail": found.detail, "fix": found.fix or None}


def summary(found: Summary) -> Record:
    """The last line of `sync` for an account."""
    return {
        "event": "summary",
        "account": found.account,
        "new": found.new,
        "changed": found.changed,
        "gone": found.gone,
        "sent": found.sent,
        "bytes": found.bytes,
        "seconds": round(found.seconds, 3),
        "problems": list(found.problems),
    }
