"""`folder create|rename|delete`: made in the store at once, told to the server while there is one.

`folder set` says how much of a folder is kept here.
"""

from __future__ import annotations

import time
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tui.cli import records
from tui.cli.asking import confirmed
from tui.cli.changing import LOOK_EVERY, PUSH_SECONDS, STANDING_STILL
from tui.cli.keeping import save
from tui.cli.shell import Shell
from tui.model.error import BadUsage, Cancelled, Refused
from tui.model.folder_command import CreateFolder, DeleteFolder, RenameFolder

if TYPE_CHECKING:
    from tui.model.folder import Folder
    from tui.store.reader import Reader
    from tui.sync.engine import Engine

KINDS = frozenset({"create", "rename", "remove"})


def create(shell: Shell, options: Namespace) -> int:
    """Make a folder: on the server of an IMAP account too."""
    account = shell.account().address
    return _changed(shell, CreateFolder(account, options.name), "is there")


def rename(shell: Shell, options: Namespace) -> int:
    """Call a folder by another name."""
    account = shell.account().address
    with shell.reader() as reader:
        name = _known(shell, reader, account, options.name)
    return _changed(shell, RenameFolder(account, name, options.new), "is its name now")


def delete(shell: Shell, options: Namespace) -> int:
    """Delete a folder; its mail goes to Deleted."""
    account = shell.account().address
    with shell.reader() as reader:
        name = _known(shell, reader, account, options.name)
        inside = [one for one in reader.folders(account) if _is_in(one, name)]
    messages, below = sum(one.total for one in inside), len(inside) - 1
    if (messages or below) and not confirmed(_question(name, messages, below)):
        raise Cancelled(f"{name} was not deleted.")
    before = _refused_before(shell, account)
    with shell.engine() as engine:
        moved = engine.post(DeleteFolder(account, name)).result()
        _told(shell, engine, account, before)
    record = {"deleted": name, "messages": moved, "folders": len(inside)}
    text = f"{name} is deleted." + (f" Its {moved} messages are in Deleted." if moved else "")
    shell.output.record(record, text)
    return 0


def change(shell: Shell, options: Namespace) -> int:
    """Say how much of a folder is kept on this computer, unlike the rest of its account."""
    account = shell.account()
    rule = _rule(options.words)
    with shell.reader() as reader:
        name = _known(shell, reader, account.address, options.name)
    try:
        offline = account.offline.but(name, rule)
    except ValueError as error:
        raise BadUsage(f"This cannot be set: {error}.") from error
    with shell.engine() as engine:
        save(shell, engine, replace(account, offline=offline))
    held = offline.of(name).text
    shell.output.record({"name": name, "offline": held}, f"{name} keeps {_KEPT.get(held, held)} here.")
    return 0


_KEPT = {"all": "all its mail", "headers": "headers only"}


def _rule(words: Sequence[str]) -> str:
    """What `offline=…` says, "" for `default`. Raises BadUsage for anything else."""
    values = dict(word.partition("=")[::2] for word in words)
    if values.keys() != {"offline"}:
        raise BadUsage(
            "What is to be changed?", "Write offline=all, offline=90d, offline=headers or offline=default."
        )
    return "" if values["offline"] == "default" else values["offline"]


def _known(shell: Shell, reader: Reader, account: str, name: str) -> str:
    """A folder's name as it is written. Some servers have no folder of their own above others."""
    if any(one.name.startswith(f"{name}/") for one in reader.folders(account)):
        return name
    found = shell.find_folder(reader, name, account)
    if found is None:
        raise shell.no_folder(reader, name, [account])
    return found.name


def _is_in(folder: Folder, name: str) -> bool:
    return folder.name == name or folder.name.startswith(f"{name}/")


def _question(name: str, messages: int, below: int) -> str:
    inside = [f"{messages} messages" if messages else "", f"{below} folders" if below else ""]
    return f"{name} holds {' and '.join(filter(None, inside))}. Delete it, and move the mail to Deleted?"


def _changed(shell: Shell, command: CreateFolder | RenameFolder, words: str) -> int:
    before = _refused_before(shell, command.account)
    with shell.engine() as engine:
        number = engine.post(command).result()
        _told(shell, engine, command.account, before)
    with shell.reader() as reader:
        found = reader.folder(number)
        if found is not None:
            shell.output.record(records.folder(found), f"{found.name} {words}.")
    return 0


def _refused_before(shell: Shell, account: str) -> frozenset[int]:
    with shell.reader() as reader:
        return frozenset(one.id for one in reader.pending(account) if one.error)


def _told(shell: Shell, engine: Engine, account: str, before: frozenset[int]) -> None:
    """Wait a moment for the server's word. Raises Refused when that is a no; the change is kept then, and
    `outlook-tui changes` shows it."""
    if shell.offline or not engine.leading:
        return
    deadline = time.monotonic() + PUSH_SECONDS
    with shell.reader() as reader:
        while time.monotonic() < deadline:
            waiting = [one for one in reader.pending(account) if one.kind in KINDS and one.id not in before]
            if refused := next((one.error for one in waiting if one.error), ""):
                raise Refused(f"The server refused it: {refused}", "See: outlook-tui changes")
            if not waiting:
                return
            if engine.status(account).phase in STANDING_STILL:
                break
            time.sleep(LOOK_EVERY)
    shell.output.note("The server has not heard of it yet; the next sync tells it.")
