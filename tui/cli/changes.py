"""`changes`: what the server has still to be told, and what it has refused."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any

from tui.cli.changing import pushed
from tui.cli.output import Cell, Ink
from tui.cli.shell import Shell
from tui.model.change_command import DropChanges, RetryChanges
from tui.model.error import NotFound, Refused

if TYPE_CHECKING:
    from tui.store.reader import Reader
    from tui.store.records import Pending


def list_changes(shell: Shell, options: Namespace) -> int:
    """List them, refused ones with the server's words."""
    with shell.reader() as reader:
        found = [_record(reader, one) for one in _waiting(shell, reader)]
    shell.output.table((one, _cells(one)) for one in found)
    if not found and not shell.output.json:
        shell.output.note("The server knows of every change.")
    return 0


def retry(shell: Shell, options: Namespace) -> int:
    """Tell the server once more of what it has refused."""
    refused = _refused(shell, options.ids)
    with shell.engine() as engine:
        number = engine.post(RetryChanges(tuple(refused))).result()
        pushed(shell, engine)
    with shell.reader() as reader:
        again = [one for one in _waiting(shell, reader) if one.error and one.id in refused]
    if again:
        raise Refused(
            f"The server refused it again: {again[0].error}", "outlook-tui changes drop gives it up."
        )
    shell.output.record({"retried": number}, f"{number} told again.")
    return 0


def drop(shell: Shell, options: Namespace) -> int:
    """Give up what the server has refused."""
    refused = _refused(shell, options.ids)
    with shell.engine() as engine:
        number = engine.post(DropChanges(tuple(refused))).result()
    shell.output.record({"dropped": number}, f"{number} given up; no mail was lost.")
    return 0


def _waiting(shell: Shell, reader: Reader) -> list[Pending]:
    return [one for address in shell.addresses(reader) for one in reader.pending(address)]


def _refused(shell: Shell, ids: list[int]) -> list[int]:
    """Those of the ids that were refused, none named: all. Raises NotFound."""
    with shell.reader() as reader:
        refused = [one.id for one in _waiting(shell, reader) if one.error]
    missing = [str(number) for number in ids if number not in refused]
    if missing or not refused:
        what = (
            f"No refused change has the number {', '.join(missing)}." if missing else "Nothing was refused."
        )
        raise NotFound(what, "outlook-tui changes lists what waits.")
    return ids or refused


def _record(reader: Reader, one: Pending) -> dict[str, Any]:
    row = reader.row(one.message) if one.message else None
    folder = reader.folder(one.folder) if one.folder else None
    return {
        "id": one.id,
        "account": one.account,
        "change": one.kind.value,
        "folder": folder.name if folder else row.folder if row else None,
        "message": one.message,
        "subject": row.envelope.subject if row else None,
        "attempts": one.attempts,
        "error": one.error or None,
    }


def _cells(record: dict[str, Any]) -> tuple[Cell, ...]:
    return (
        Cell(str(record["id"]), Ink.DIM, right=True),
        Cell(record["change"]),
        Cell(record["folder"] or ""),
        Cell((record["subject"] or "")[:60]),
        Cell(record["error"] or "waits", Ink.BAD if record["error"] else Ink.DIM),
    )
