"""Commands that change messages: made in the store at once, pushed to the server while there is one."""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from tui.cli import records
from tui.cli.shell import Shell
from tui.cli.showing import row_cells
from tui.model.command import Archive, Delete, Move, SetFlags, Undo
from tui.model.error import BadUsage, NotFound
from tui.model.event import Phase
from tui.model.message import Row

if TYPE_CHECKING:
    from tui.store.reader import Reader
    from tui.sync.engine import Engine

PUSH_SECONDS = 10.0
LOOK_EVERY = 0.05
STANDING_STILL = frozenset({Phase.OFFLINE, Phase.BUSY, Phase.SIGN_IN, Phase.UNTRUSTED, Phase.BROKEN})


def flag(shell: Shell, options: Namespace) -> int:
    """Add and remove flags and tags."""
    add, add_tags = records.parse_flags(options.add)
    remove, remove_tags = records.parse_flags(options.remove)
    if not (add or remove or add_tags or remove_tags):
        raise BadUsage("Which flags?", "Add them with --add seen, take them away with --remove flagged.")
    return _change(shell, options.ids, SetFlags(tuple(options.ids), add, remove, add_tags, remove_tags))


def move(shell: Shell, options: Namespace) -> int:
    """Move messages to a folder of their own account."""
    accounts = {row.account for row in _rows(shell, options.ids)}
    name = options.folder
    with shell.reader() as reader:
        for account in accounts:
            found = shell.find_folder(reader, options.folder, account)
            if found is None:
                raise shell.no_folder(reader, options.folder, [account])
            name = found.name
    return _change(shell, options.ids, Move(tuple(options.ids), name))


def archive(shell: Shell, options: Namespace) -> int:
    """Move messages to the archive folder."""
    return _change(shell, options.ids, Archive(tuple(options.ids)))


def delete(shell: Shell, options: Namespace) -> int:
    """Move messages to the Deleted folder, or remove them for good."""
    return _change(shell, options.ids, Delete(tuple(options.ids), options.forever))


def undo(shell: Shell, options: Namespace) -> int:
    """Take back the newest change that can be."""
    with shell.engine() as engine:
        done = engine.post(Undo()).result()
        if not done:
            raise NotFound("There is nothing to undo.")
        pushed(shell, engine)
    shell.output.record({"undone": done}, done)
    return 0


def _change(shell: Shell, ids: Sequence[int], command: SetFlags | Move | Archive | Delete) -> int:
    before = _rows(shell, ids)
    with shell.engine() as engine:
        changed = engine.post(command).result()
        pushed(shell, engine, ids)
    with shell.reader() as reader:
        after = {row.id: row for row in reader.rows(list(changed))}
    rows = [after.get(row.id, row) for row in before if row.id in set(changed)]
    shell.output.table((records.row(row), row_cells(row, row.folder)) for row in rows)
    if not rows:
        shell.output.note("Nothing to change: it is so already.")
    return 0


def _rows(shell: Shell, ids: Sequence[int]) -> list[Row]:
    """The messages, in the order asked. Raises NotFound, before anything is done, if one is missing."""
    with shell.reader() as reader:
        rows = reader.rows(ids)
    missing = [str(number) for number in ids if number not in {row.id for row in rows}]
    if missing:
        raise NotFound(f"There is no message {', '.join(missing)}.", "outlook-tui list shows the numbers.")
    return rows


def pushed(shell: Shell, engine: Engine, ids: Collection[int] = ()) -> None:
    """Give the server a moment to hear of the change; without one it waits in the store for the next sync.

    Only the process that talks to the servers can wait for that; another one will do it soon by itself.
    """
    if shell.offline or not engine.leading:
        return
    deadline = time.monotonic() + PUSH_SECONDS
    with shell.reader() as reader:
        while time.monotonic() < deadline:
            waiting = _waiting(reader, ids)
            if all(engine.status(account).phase in STANDING_STILL for account in waiting):
                break
            time.sleep(LOOK_EVERY)
        if _waiting(reader, ids):
            shell.output.note("The server has not heard of it yet; the next sync tells it.")


def _waiting(reader: Reader, ids: Collection[int]) -> set[str]:
    """The accounts that have changes of these messages (none named: of any) still to be pushed."""
    return {
        one.account
        for one in reader.pending()
        if not one.error and (not ids or one.message is None or one.message in ids)
    }
