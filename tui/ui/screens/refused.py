"""What a server has refused, and what it has still to be told: looked at, tried again or given up."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from textual.app import App

from tui.model.change_command import DropChanges, RetryChanges
from tui.ui import words
from tui.ui.desk import Desk
from tui.ui.screens.dialog import Ask
from tui.ui.screens.pick import Item, Pick

if TYPE_CHECKING:
    from tui.store.reader import Pending, Reader

_DEEDS = {
    "create": "Make the folder",
    "rename": "Rename the folder",
    "remove": "Delete the folder",
    "append": "Put into",
    "flags": "Mark in",
    "copy": "Copy out of",
    "move": "Move out of",
    "expunge": "Delete for good from",
}
_ALL = "all"
_WAITS = "waits"
_MOST = 200
"""Changes of each kind that are listed: behind so many, the number says enough."""
_QUESTION = (
    "The server said no to this. It can be told again, or given up: then everything is again as the server "
    "has it. Mail that it would not take stays on this computer either way."
)
_PATIENCE = "The server is told of this by itself, as soon as it can be reached. Nothing is to be done."


async def look_at_changes(app: App[Any], desk: Desk, account: str = "") -> str:
    """List the changes of an account ("" for all), those that were refused first, and ask what shall become
    of them; nothing is ever dropped without the person's word. Answers a sentence on what was done, "" for
    nothing. Raises MailError."""
    refused, waiting = await asyncio.to_thread(_read, desk, account)
    if not refused and not waiting:
        return "The server knows of every change, and has refused none."
    title = "Changes for the server"
    items = [*refused, *waiting]
    if len(refused) > 1:
        items.insert(0, Item(_ALL, f"All that were refused ({len(refused):,})"))
    taken = await app.push_screen_wait(Pick(title, items))
    if taken.startswith(_WAITS):
        await app.push_screen_wait(Ask("Still to be told", _PATIENCE, [("", "Back")]))
    if not taken or taken.startswith(_WAITS):
        return ""
    choices = [("", "Leave it"), ("t", "Try again"), ("g", "Give it up")]
    answer = await app.push_screen_wait(Ask("What now?", _QUESTION, choices))
    if not answer:
        return ""
    ids = tuple(int(one.key) for one in refused) if taken == _ALL else (int(taken),)
    done = await desk.ask(RetryChanges(ids) if answer == "t" else DropChanges(ids))
    return f"{words.count(done, 'change')} {'told again' if answer == 't' else 'given up'}."


def _read(desk: Desk, account: str) -> tuple[list[Item], list[Item]]:
    """What was refused, and what waits; on a thread, since 100,000 may wait."""
    with desk.open_reader() as reader:
        changes = reader.pending(account)
        refused = [one for one in changes if one.error]
        waiting = [one for one in changes if not one.error]
        shown = [_item(reader, one, str(one.id), one.account, one.error) for one in refused]
        others = [_item(reader, one, f"{_WAITS}{one.id}", "waits to be told", "") for one in waiting[:_MOST]]
    if len(waiting) > _MOST:
        others.append(Item(f"{_WAITS}more", f"and {len(waiting) - _MOST:,} more", "waiting to be told"))
    return shown, others


def _item(reader: Reader, one: Pending, key: str, note: str, warning: str) -> Item:
    row = reader.row(one.message) if one.message else None
    folder = reader.folder(one.folder) if one.folder else None
    name = folder.name if folder else row.folder if row else ""
    deed = f"{_DEEDS.get(one.kind, one.kind)} {name}"
    subject = row.envelope.subject if row else ""
    return Item(key, f"{deed}: {subject}" if subject else deed, note, warning)
