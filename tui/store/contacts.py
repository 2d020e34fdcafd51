"""Addresses of one's own correspondence, ranked by use."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from tui.model.message import Address, Envelope
from tui.store import many
from tui.store.codec import storable

_WRITTEN_WEIGHS = 20
_LONGEST = 254


def met(db: sqlite3.Connection, account: int, envelopes: Iterable[Envelope], written: bool) -> None:
    """Count the correspondents of messages: those written to in Sent, else those who wrote."""
    counts: dict[str, tuple[int, str]] = {}
    for envelope in envelopes:
        for one in (*envelope.to, *envelope.cc) if written else envelope.sender:
            if "@" in one.address and len(one.address) <= _LONGEST:
                times, name = counts.get(one.address.lower(), (0, ""))
                counts[one.address.lower()] = times + 1, name or one.name or ""
    _count(db, account, counts, written)


def written_to(db: sqlite3.Connection, account: int, addresses: Iterable[str]) -> None:
    """Count the recipients of a mail that is on its way."""
    _count(db, account, {address.lower(): (1, "") for address in addresses if "@" in address}, written=True)


def _count(db: sqlite3.Connection, account: int, counts: dict[str, tuple[int, str]], written: bool) -> None:
    column = "written" if written else "seen"
    many.insert(
        db,
        f"INSERT INTO contact (account, address, name, {column})",
        [(account, storable(address), storable(name), times) for address, (times, name) in counts.items()],
        f"ON CONFLICT (account, address) DO UPDATE SET {column} = {column} + excluded.{column},"
        " name = coalesce(nullif(name, ''), excluded.name)",
    )


def contacts(db: sqlite3.Connection, prefix: str, limit: int) -> list[Address]:
    """Correspondents whose address, or a word of whose name, begins with `prefix`; most used first."""
    start = storable(prefix).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    rows = db.execute(
        "SELECT max(name), address FROM contact"
        " WHERE address LIKE ?1 || '%' ESCAPE '\\' OR name LIKE ?1 || '%' ESCAPE '\\'"
        " OR name LIKE '% ' || ?1 || '%' ESCAPE '\\'"
        " GROUP BY address ORDER BY sum(written) * ?2 + sum(seen) DESC, address LIMIT ?3",
        (start, _WRITTEN_WEIGHS, limit),
    )
    return [Address(name or None, address) for name, address in rows]


def first_mail(db: sqlite3.Connection, message: int, address: str) -> bool:
    """Whether a message is the first that its account had from its sender's address, to which none of the
    accounts has ever written. What is sent and written here is no such mail."""
    row = db.execute(
        "SELECT NOT EXISTS (SELECT 1 FROM contact WHERE contact.account IN (SELECT id FROM account)"
        " AND address = ?1 AND (written > 0 OR (seen > 1 AND contact.account = folder.account)))"
        " FROM message JOIN folder ON folder.id = folder"
        " WHERE message.id = ?2 AND role NOT IN ('sent', 'drafts')",
        (storable(address.lower()), message),
    ).fetchone()
    return bool(row and row[0])
