"""`folders`, `list`, `search` and `read`: what is in the store, without a network where that is possible."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from tui.cli import records
from tui.cli.output import Cell, Ink
from tui.cli.shell import Shell
from tui.cli.showing import message_text, row_cells
from tui.model.error import MailError, NotFound, Offline
from tui.model.folder import Folder, Role
from tui.model.message import BodyState, Filter, Row

if TYPE_CHECKING:
    from tui.store.reader import Reader


def folders(shell: Shell, options: Namespace) -> int:
    """List the folders of the chosen account, or of all."""
    with shell.reader() as reader:
        found = [folder for address in shell.addresses(reader) for folder in reader.folders(address)]
    several = len({folder.account for folder in found}) > 1
    shell.output.table((records.folder(folder), _folder_cells(folder, several)) for folder in found)
    return 0


def _folder_cells(folder: Folder, several: bool) -> tuple[Cell, ...]:
    account = (Cell(folder.account, Ink.DIM),) if several else ()
    return (
        *account,
        Cell(str(folder.unread or ""), Ink.BOLD, right=True),
        Cell(str(folder.total), right=True),
        Cell(folder.role.value, Ink.DIM),
        Cell(folder.name + ("  (on this computer)" if folder.local else "")),
    )


def list_messages(shell: Shell, options: Namespace) -> int:
    """List messages newest first; without --folder those of the inbox."""
    keep = Filter.UNREAD if options.unread else Filter.ALL
    with shell.reader() as reader:
        rows: list[Row] = []
        for folder in _folders_named(shell, reader, options.folder):
            ids = reader.ids(folder.id, filter=keep, limit=options.limit, threads=options.threads)
            rows += reader.rows(ids)
        rows = newest(rows, options.limit)
        counts = reader.thread_counts([row.id for row in rows]) if options.threads else {}
        shell.output.table((records.row(row), row_cells(row, "", counts.get(row.id, 0))) for row in rows)
    _nothing(shell, rows)
    return 0


def search(shell: Shell, options: Namespace) -> int:
    """Search the mail on this computer."""
    from tui.model.query import parse

    query = parse(" ".join(options.query))
    with shell.reader() as reader:
        _index_first(shell, reader)
        ids: list[int] = []
        if options.folder:
            for folder in _folders_named(shell, reader, options.folder):
                ids += reader.search(query, folder=folder.id, limit=options.limit)
        else:
            for address in shell.addresses(reader):
                ids += reader.search(query, account=address, limit=options.limit)
        rows = newest(reader.rows(ids), options.limit)
        snippets = {row.id: reader.snippet(row.id, query) for row in rows}
        shell.output.table(
            ({**records.row(row), "snippet": snippets[row.id]}, row_cells(row, snippets[row.id]))
            for row in rows
        )
    _nothing(shell, rows)
    return 0


def _index_first(shell: Shell, reader: Reader) -> None:
    """Let a search miss nothing: what came in bulk may still wait for the index."""
    waiting = reader.to_index_count()
    if not waiting:
        return
    from tui.sync.indexing import index_all

    try:
        path, output = shell.paths.database, shell.output
        done = index_all(path, lambda: False, lambda left: output.progress(f"reading {left} messages"))
    except MailError as error:
        shell.log_error(error)
        done = False
    if not done:
        shell.output.note(f"{waiting} messages are still being read for the search; it may miss them.")


def newest(rows: list[Row], limit: int) -> list[Row]:
    """Rows of several folders as one list, newest first; a single folder keeps its order."""
    if len({row.folder_id for row in rows}) > 1:
        rows = sorted(rows, key=lambda row: (row.received, row.id), reverse=True)
    return rows[:limit]


def _nothing(shell: Shell, rows: list[Row]) -> None:
    if not rows and not shell.output.json:
        shell.output.note("Nothing here.")


def _folders_named(shell: Shell, reader: Reader, name: str | None) -> list[Folder]:
    """The folders of that name in the chosen accounts (None: the inboxes). Raises NotFound for none."""
    addresses = shell.addresses(reader)
    if name is None:
        inboxes = (reader.folder_role(address, Role.INBOX) for address in addresses)
        return [folder for folder in inboxes if folder]
    found = [folder for address in addresses if (folder := shell.find_folder(reader, name, address))]
    if not found:
        raise shell.no_folder(reader, name, addresses)
    return found


def read(shell: Shell, options: Namespace) -> int:
    """Show one message, or a part of it; its body is fetched first where it is not here yet."""
    from tui.mail.message import parse

    row, raw = opened(shell, options.id)
    if options.raw:
        shell.output.raw(raw)
        return 0
    if options.part is not None:
        return _part(shell, raw, options)
    content = parse(raw)
    if options.html and not shell.output.json:
        if not content.html:
            raise NotFound(f"Message {row.id} has no HTML part.", f"Its text: outlook-tui read {row.id}")
        shell.output.text(content.html)
        return 0
    record = {"id": row.id, "account": row.account, "folder": row.folder, **records.content(content)}
    text = message_text(content, every_header=options.headers)
    if options.headers:
        record["headers"] = [{"name": name, "value": value} for name, value in content.headers]
    if options.save_attachments is not None:
        saved = _save_attachments(raw, [(one.part, one.filename) for one in content.files], options)
        record["saved"] = [str(path) for path in saved]
        text = "\n".join(record["saved"]) or "This message has no attachments."
    shell.output.record(record, text)
    return 0


def opened(shell: Shell, number: int) -> tuple[Row, bytes]:
    """A message and its bytes, fetched where they are not here yet. Raises NotFound, Offline."""
    with shell.reader() as reader:
        row = reader.row(number)
        if row is None:
            raise NotFound(f"There is no message {number}.", "outlook-tui list shows the numbers.")
        raw = reader.raw(number)
    if raw is None:
        raw = _fetched(shell, row)
    return row, raw


def _fetched(shell: Shell, row: Row) -> bytes:
    if shell.offline or row.body is BodyState.FULL:
        raise Offline(
            f"Only the header of message {row.id} is on this computer.", "Read it again without --offline."
        )
    from tui.model.command import FetchBody

    with shell.engine() as engine:
        engine.post(FetchBody(row.id)).result()
    with shell.reader() as reader:
        raw = reader.raw(row.id)
    if raw is None:
        raise NotFound(
            f"Message {row.id} is not on the server any more.", "outlook-tui sync brings the list up to date."
        )
    return raw


def _part(shell: Shell, raw: bytes, options: Namespace) -> int:
    from tui.mail.message import parse, part

    known = [one.part for one in parse(raw).files]
    if options.part not in known:
        listed = f"It has: {', '.join(map(str, known))}." if known else "It has none."
        raise NotFound(f"Message {options.id} has no attachment {options.part}.", listed)
    shell.output.raw(part(raw, options.part))
    return 0


def _save_attachments(raw: bytes, parts: list[tuple[int, str]], options: Namespace) -> list[Path]:
    from tui.cli.files import create_beside, make_folder
    from tui.mail.message import part
    from tui.model.safe_text import safe_filename

    folder = Path(options.save_attachments)
    make_folder(folder)
    return [create_beside(folder, safe_filename(name), part(raw, number))[0] for number, name in parts]
