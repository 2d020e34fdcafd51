"""Searching: what was asked for as an expression of FTS5 and conditions on rows; newest first."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import dataclass, field
from datetime import datetime

from tui.model.folder import Folder, Role
from tui.model.query import STATES, Query, Term, moment, octets
from tui.store.codec import SEQUENCE_BITS, second, storable
from tui.store.folders import folders
from tui.store.indexing import spaced, unspaced

_COLUMNS = {"from": "sender", "to": "recipients", "cc": "copies", "subject": "subject", "body": "body"}
_BODY_COLUMN = 4
_SNIPPET_WORDS = 24
_SHORTEST_PREFIX = 2
_LAST_WORD = re.compile(r"\w+\W*$")
_SIGNS = {"before": "<", "after": ">=", "larger": ">", "smaller": "<"}


@dataclass(slots=True)
class _Plan:
    """FTS5 expressions that must and must not match, and conditions on `message` with their values."""

    wanted: list[str] = field(default_factory=list)
    unwanted: list[str] = field(default_factory=list)
    conditions: list[str] = field(default_factory=list)
    values: list[int | str] = field(default_factory=list)

    def condition(self, text: str, *values: int | str, exclude: bool = False) -> None:
        self.conditions.append(f"NOT ({text})" if exclude else text)
        self.values.extend(values)


def expression(term: Term) -> str:
    """A term as an FTS5 expression, "" where it has no letter or digit that could be found."""
    text = spaced(storable(term.value)).replace("\0", " ")
    if not any(sign.isalnum() for sign in text):
        return ""
    last = _LAST_WORD.search(text)
    grows = term.prefix and last is not None and len(last[0]) >= _SHORTEST_PREFIX
    quoted = '"' + text.replace('"', '""') + '"' + ("*" if grows else "")
    return f"{_COLUMNS[term.field]} : {quoted}" if term.field else quoted


def _read(db: sqlite3.Connection, query: Query, account: str, now: datetime) -> _Plan:
    plan = _Plan()
    for term in query.terms:
        if not term.field or term.field in _COLUMNS:
            if text := expression(term):
                (plan.unwanted if term.exclude else plan.wanted).append(f"({text})")
        else:
            _restrict(db, plan, term, account, now)
    return plan


def _restrict(db: sqlite3.Connection, plan: _Plan, term: Term, account: str, now: datetime) -> None:
    """Add the condition of a term that is not about words; `parse` has checked its value."""
    match term.field:
        case "is":
            flag, wanted = STATES[term.value.lower()]
            plan.condition(f"message.flags & {int(flag)} {'<>' if wanted else '='} 0", exclude=term.exclude)
        case "has":
            plan.condition("message.attachments > 0", exclude=term.exclude)
        case "before" | "after":
            day = moment(term.value, now)
            assert day is not None
            position = second(int(day.timestamp())) << SEQUENCE_BITS
            plan.condition(f"message.position {_SIGNS[term.field]} ?", position, exclude=term.exclude)
        case "larger" | "smaller":
            plan.condition(
                f"message.size {_SIGNS[term.field]} ?", octets(term.value) or 0, exclude=term.exclude
            )
        case "tag":
            tag = f"% {_escaped(term.value)} %"
            plan.condition("message.tags LIKE ? ESCAPE '\\'", tag, exclude=term.exclude)
        case "in":
            inside = [str(one.id) for one in folders(db, account) if _named(one, term.value)]
            plan.condition(f"message.folder IN ({','.join(inside)})", exclude=term.exclude)


def _escaped(text: str) -> str:
    return storable(text).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _named(folder: Folder, text: str) -> bool:
    """Whether a person may mean this folder: by role, whole name, or the last part of its name."""
    wanted, name = text.casefold(), folder.name.casefold()
    return wanted in (name, name.rpartition("/")[2]) or (
        folder.role is not Role.NONE and folder.role.value == wanted
    )


def search(
    db: sqlite3.Connection, query: Query, folder: int | None, account: str, limit: int, now: datetime
) -> list[int]:
    """The newest `limit` messages for which all terms hold, in a folder, an account, or everywhere."""
    plan = _read(db, query, account, now)
    if folder is not None:
        plan.condition("message.folder = ?", folder)
    elif account:
        inside = [str(one.id) for one in folders(db, account)]
        plan.condition(f"message.folder IN ({','.join(inside)})")
    if plan.wanted:
        # The order is that of the index's rowid: read from the newest hit on, and only as far as needed.
        text = " AND ".join(plan.wanted) + "".join(f" NOT {one}" for one in plan.unwanted)
        source, order = "search CROSS JOIN message ON message.position = search.rowid", "search.rowid"
        plan.conditions.insert(0, "search MATCH ?")
        plan.values.insert(0, text)
    else:
        source, order = "message", "message.position"
        for one in plan.unwanted:
            plan.condition("message.position NOT IN (SELECT rowid FROM search WHERE search MATCH ?)", one)
    where = " AND ".join(plan.conditions) or "1"
    found = db.execute(
        f"SELECT message.id FROM {source} WHERE {where} ORDER BY {order} DESC LIMIT ?",  # noqa: S608
        (*plan.values, limit),
    )
    return [number for (number,) in found]


def snippet(db: sqlite3.Connection, message: int, query: Query) -> str:
    """The part of a message's text where the query's words stand, else its beginning."""
    words = [
        text
        for term in query.terms
        if not term.exclude and term.field in ("", *_COLUMNS) and (text := expression(term))
    ]
    if words:
        row = db.execute(
            f"SELECT snippet(search, {_BODY_COLUMN}, '', '', '…', {_SNIPPET_WORDS}) FROM search"  # noqa: S608
            " WHERE search MATCH ? AND rowid = (SELECT position FROM message WHERE id = ?)",
            (" OR ".join(f"({one})" for one in words), message),
        ).fetchone()
        if row and row[0]:
            return " ".join(unspaced(row[0]).split())
    row = db.execute("SELECT snippet FROM header WHERE message = ?", (message,)).fetchone()
    return str(row[0]) if row else ""
