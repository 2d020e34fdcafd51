"""What the full-text index holds of a message: folded a little, so that searching meets it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence

from tui.model.message import Address, Envelope, Scan
from tui.store.codec import envelope_of, integers, storable, unpacked
from tui.store.records import Unindexed

LONGEST_TEXT = 300_000
"""Characters of a body that are indexed: a log file mailed around is not read to its end by the index."""

LONGEST_SNIPPET = 300
_BATCH_OCTETS = 3_000_000

# Scripts written without spaces: unicode61 would take a whole sentence for one word.
_UNSPACED = re.compile(r"([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff])")
_SPACED = re.compile(r"(?<=[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]) ")


def spaced(text: str) -> str:
    """Text with every ideograph, kana and Hangul syllable a word of its own; other text as it is."""
    if text.isascii():
        return text
    return _UNSPACED.sub(r"\1 ", storable(text))


def unspaced(text: str) -> str:
    """The text that `spaced` was given, but for spaces that stood behind such characters before."""
    return text if text.isascii() else _SPACED.sub("", text)


def _people(addresses: Iterable[Address]) -> str:
    return spaced(" ".join(f"{one.name or ''} {one.address}" for one in addresses))


def columns(envelope: Envelope, text: str) -> tuple[str, str, str, str, str]:
    """The index's columns: subject, sender, recipients, copies, body."""
    return (
        spaced(envelope.subject),
        _people(envelope.sender),
        _people(envelope.to),
        _people((*envelope.cc, *envelope.bcc)),
        spaced(text[:LONGEST_TEXT]),
    )


def add_rows(db: sqlite3.Connection, rows: Iterable[tuple[int, Envelope, str]]) -> None:
    """Index messages: position, envelope, text of the body ("" while only the header is here).

    In the order of positions: FTS5 writes its memory out whenever a rowid goes back.
    """
    db.executemany(
        "INSERT INTO search (rowid, subject, sender, recipients, copies, body) VALUES (?, ?, ?, ?, ?, ?)",
        [
            (position, *columns(envelope, text))
            for position, envelope, text in sorted(rows, key=lambda row: row[0])
        ],
    )


def snippet(scan: Scan | None) -> str:
    """The first words of a message as the list shows them."""
    return storable(scan.snippet[:LONGEST_SNIPPET]) if scan else ""


def waiting_count(db: sqlite3.Connection) -> int:
    """How many messages the index does not hold yet, or holds without their body."""
    return int(db.execute("SELECT count(*) FROM message WHERE to_index").fetchone()[0])


def waiting_folders(db: sqlite3.Connection) -> list[tuple[str, int]]:
    """Account and folder of what waits for the index."""
    return db.execute(
        "SELECT address, folder.id FROM folder JOIN account ON account.id = folder.account"
        " WHERE folder.id IN (SELECT DISTINCT folder FROM message WHERE to_index)"
    ).fetchall()


def waiting(db: sqlite3.Connection, limit: int) -> list[Unindexed]:
    """The newest that wait for the index, at most `limit` and about three million octets of them.

    Damaged bytes count as none: the header is indexed all the same.
    """
    found: list[Unindexed] = []
    left = _BATCH_OCTETS
    rows = db.execute(
        "SELECT id, whole, codec, data FROM message LEFT JOIN body ON body.message = id"
        " WHERE to_index ORDER BY position DESC LIMIT ?",
        (limit,),
    )
    for number, whole, codec, data in rows:
        raw = unpacked(codec, data) if whole and data is not None else None
        found.append(Unindexed(number, bool(whole), raw))
        left -= len(raw or b"")
        if left <= 0:
            break
    rows.close()
    return found


def take(db: sqlite3.Connection, found: Sequence[tuple[int, bool, Scan | None]]) -> None:
    """Index messages that wait for it: id, whether it was whole when it was read, and its scan.

    One that is gone, or has become whole meanwhile, is left out; the latter goes on waiting.
    """
    rows = db.execute(
        "SELECT id, whole, position, envelope FROM message LEFT JOIN header ON header.message = id"
        " WHERE to_index AND id IN (SELECT value FROM json_each(?))",
        (integers(number for number, _, _ in found),),
    )
    here = {(number, bool(whole)): (position, text) for number, whole, position, text in rows}
    taken = [(*here[number, whole], number, scan) for number, whole, scan in found if (number, whole) in here]
    taken.sort(key=lambda row: row[0])
    db.executemany(
        "INSERT OR REPLACE INTO search (rowid, subject, sender, recipients, copies, body)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            (position, *columns(envelope_of(text), scan.text if scan else ""))
            for position, text, _, scan in taken
        ),
    )
    db.executemany("UPDATE message SET to_index = 0 WHERE id = ?", [(number,) for _, _, number, _ in taken])
    scanned = [(number, scan) for _, _, number, scan in taken if scan]
    db.executemany(
        "UPDATE message SET attachments = ?1 WHERE id = ?2 AND attachments <> ?1",
        [(scan.attachments, number) for number, scan in scanned],
    )
    db.executemany(
        "UPDATE header SET snippet = ? WHERE message = ?",
        [(snippet(scan), number) for number, scan in scanned],
    )
