"""What the full-text index holds of a message: folded a little, so that searching meets it."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable

from tui.model.message import Address, Envelope
from tui.store.codec import storable

LONGEST_TEXT = 300_000
"""Characters of a body that are indexed: a log file mailed around is not read to its end by the index."""

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


def set_texts(db: sqlite3.Connection, rows: Iterable[tuple[int, str]]) -> None:
    """Index the bodies of messages whose headers are indexed: position and text."""
    db.executemany(
        "UPDATE search SET body = ? WHERE rowid = ?",
        [(spaced(text[:LONGEST_TEXT]), position) for position, text in sorted(rows)],
    )
