"""Every public method of the Writer at work in one small store, and what the store holds before and after."""

from __future__ import annotations

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.store.samples import ACCOUNT, FLAGGED, FOLDERS, NONE, SEEN, local, message, whole
from tui.model.account import Protocol
from tui.model.draft import Draft, Recipient, SendState
from tui.model.folder import Role, ServerFolder, SyncMark
from tui.model.message import Flag, NewMessage, Scan
from tui.store.reader import Reader
from tui.store.writer import Writer

POP = "pop@contoso.example"
NOW = 1_790_000_000
"""What the clock shows while these changes are made: the same change leaves the same rows."""


@dataclass(frozen=True, slots=True)
class Ground:
    """The ids of what is in the store before the change."""

    inbox: int
    archive: int
    drafts: int
    trash: int
    box: int
    here: int
    held: int
    moving: int
    mail: Sequence[int]
    popped: Sequence[int]
    draft: int
    file: int
    written: int
    queued: int
    dot: int
    failed: int
    pending: Sequence[int]
    refused: int
    append: int
    made: int
    request: int


@dataclass(frozen=True, slots=True)
class _Copy:
    account: str
    role: Role
    message: NewMessage


def prepare(path: Path) -> Ground:
    """A store with something of everything."""
    with Writer(path) as writer, Reader(path) as reader:
        writer.account(ACCOUNT, Protocol.IMAP)
        writer.folders(ACCOUNT, FOLDERS)
        folders = {folder.name: folder.id for folder in reader.folders(ACCOUNT)}
        inbox, archive = folders["INBOX"], folders["Archive"]
        mail = writer.added(
            inbox, [whole(n) if n % 2 else message(n) for n in range(1, 15)], SyncMark(7, 15, 0)
        )
        writer.added(inbox, [whole(15, scan=None)], index_later=True)
        box, popped = _maildrop(writer)
        writer.set_flags(mail[:2], SEEN)
        writer.move(mail[2:4], archive)
        writer.hold_gone(inbox, mail[8:10])
        (append,) = writer.append(archive, [local(31)])
        draft = writer.save_draft(Draft(account=ACCOUNT, subject="To be finished"))
        draft = writer.attach(draft.id, "sum.txt", "text/plain", b"42\n")
        written = writer.save_draft(Draft(account=ACCOUNT, subject="To be sent"))
        queued, dot, failed = (_queued(writer, name) for name in ("queued", "dot", "failed"))
        writer.outbox_state(dot, {SendState.QUEUED}, SendState.DOT_SENT)
        writer.outbox_state(failed, {SendState.QUEUED}, SendState.FAILED, last_error="no")
        made = writer.make_folder(ACCOUNT, "Projects", on_server=True)
        pending = [change.id for change in reader.pending()]
        writer.pending_failed(pending[:1], "NO")
        moving = next(change.id for change in reader.pending() if change.kind == "move")
        here = writer.local_folder(ACCOUNT, "Here")
        return Ground(
            inbox=inbox, archive=archive, drafts=folders["Drafts"], trash=folders["Deleted"], box=box,
            here=here, held=mail[8], moving=moving, mail=mail, popped=popped, draft=draft.id,
            file=draft.files[0].id, written=written.id, queued=queued, dot=dot, failed=failed,
            pending=pending, refused=pending[0], append=append, made=made,
            request=writer.request_add('{"sync": 1}'),
        )  # fmt: skip


def _maildrop(writer: Writer) -> tuple[int, list[int]]:
    writer.account(POP, Protocol.POP3)
    box = writer.local_folder(POP, "INBOX", Role.INBOX)
    return box, writer.downloaded(box, [local(n, uidl=f"u{n}") for n in range(21, 26)])


def _queued(writer: Writer, name: str, draft: int = 0, original: int = 0) -> int:
    return writer.queue(
        ACCOUNT, ACCOUNT, ["billing@contoso.example"], f"Subject: {name}\r\n\r\n".encode() * 400,
        subject=name, message_id=f"{name}@example.org", due=NOW, draft_id=draft, original=original,
        answers="answered" if original else "",
    )  # fmt: skip


_SCAN = Scan(0, "The sum", "The sum is due.")
_LISTED = [*FOLDERS[:3], ServerFolder("New", "New"), *FOLDERS[4:]]

Change = Callable[[Writer, Ground], object]

CHANGES: dict[str, Change] = {
    "account": lambda w, g: w.account("new@example.org", Protocol.IMAP),
    "forget_account": lambda w, g: w.forget_account(ACCOUNT),
    "switch": lambda w, g: w.switch(ACCOUNT, Protocol.POP3),
    "folders": lambda w, g: w.folders(ACCOUNT, _LISTED),
    "local_folder": lambda w, g: w.local_folder(ACCOUNT, "Kept"),
    "make_folder": lambda w, g: w.make_folder(ACCOUNT, "Made", on_server=True),
    "rename_folder": lambda w, g: w.rename_folder(g.archive, "Old"),
    "remove_folder": lambda w, g: w.remove_folder(g.archive, g.trash),
    "folder_made": lambda w, g: w.folder_made(g.pending[-1], g.made, "Projects"),
    "folder_moved": lambda w, g: w.folder_moved(0, g.archive, "Old", "/"),
    "folder_removed": lambda w, g: w.folder_removed(g.archive),
    "settle_vanished": lambda w, g: w.settle_vanished(ACCOUNT, [g.here]),
    "mark": lambda w, g: w.mark(g.inbox, SyncMark(7, 99, 5)),
    "added": lambda w, g: w.added(g.inbox, [whole(n) for n in range(40, 60)], SyncMark(7, 60, 0)),
    "downloaded": lambda w, g: w.downloaded(g.box, [local(n, uidl=f"u{n}") for n in (61, 62)], {"u61": 9}),
    "append": lambda w, g: w.append(g.archive, [local(63)]),
    "add_absent": lambda w, g: w.add_absent(
        g.here, [(local(64), 1), (local(1), 1)], lambda one, other: one == other, everywhere=True
    ),
    "body": lambda w, g: w.body(g.mail[1], b"Subject: 2\r\n\r\n" * 900, _SCAN),
    "bodies": lambda w, g: w.bodies([(one, b"Subject: n\r\n\r\n", None) for one in g.mail[1::2]]),
    "index": lambda w, g: w.index([(g.mail[-1] + 1, True, _SCAN)]),
    "place": lambda w, g: w.place(g.append, 70, NONE, folder=g.archive),
    "agree": lambda w, g: w.agree([_Agreed(g.mail[5])]),
    "new_generation": lambda w, g: w.new_generation(g.inbox, 8),
    "left": lambda w, g: w.left(g.inbox, [3, 4]),
    "gone": lambda w, g: w.gone(g.mail[5:7]),
    "settle_gone": lambda w, g: w.settle_gone(g.mail[5:7]),
    "settle_unfound": lambda w, g: w.settle_unfound([g.inbox, g.archive]),
    "hold_gone": lambda w, g: w.hold_gone(g.inbox, g.mail[5:7]),
    "confirm_gone": lambda w, g: w.confirm_gone(g.inbox, remove=True),
    "forget": lambda w, g: w.forget(g.mail[5:7]),
    "uidl_have": lambda w, g: w.uidl_have(POP, "u99", g.popped[0]),
    "uidls_gone": lambda w, g: w.uidls_gone(POP, ["u21", "u22"]),
    "uidl_proved": lambda w, g: w.uidl_proved(POP, "u21", 77),
    "uidls_reused": lambda w, g: w.uidls_reused(POP, ["u21"]),
    "set_flags": lambda w, g: w.set_flags(g.mail[5:8], FLAGGED, add_tags=frozenset({"paid"})),
    "move": lambda w, g: w.move(g.mail[5:8], g.archive),
    "copy": lambda w, g: w.copy(g.mail[5:8], g.archive),
    "delete_forever": lambda w, g: w.delete_forever([*g.mail[5:8], g.popped[0]]),
    "undo": lambda w, g: w.undo(),
    "pushed_flags": lambda w, g: w.pushed_flags(g.pending),
    "pushed_places": lambda w, g: w.pushed_places([(g.moving, g.mail[2], 5)], g.archive),
    "pending_done": lambda w, g: w.pending_done(g.pending),
    "pending_failed": lambda w, g: w.pending_failed(g.pending, "NO"),
    "retry_changes": lambda w, g: w.retry_changes([g.refused]),
    "drop_changes": lambda w, g: w.drop_changes([g.refused]),
    "pending_tried": lambda w, g: w.pending_tried(g.moving),
    "copies_lost": lambda w, g: w.copies_lost(g.pending, unmade=False),
    "pending_marked": lambda w, g: w.pending_marked(g.pending),
    "save_draft": lambda w, g: w.save_draft(Draft(account=ACCOUNT, id=g.draft, subject="Other")),
    "attach": lambda w, g: w.attach(g.draft, "big", "text/plain", hashlib.sha256(b"").digest() * 900),
    "detach": lambda w, g: w.detach(g.draft, g.file),
    "drop_draft": lambda w, g: w.drop_draft(g.draft),
    "file_draft": lambda w, g: w.file_draft(g.draft, g.drafts, local(80)),
    "queue": lambda w, g: _queued(w, "new", g.written, g.mail[4]),
    "outbox_state": lambda w, g: w.outbox_state(
        g.queued, {SendState.QUEUED}, SendState.DOT_SENT, durable=True
    ),
    "outbox_note": lambda w, g: w.outbox_note(g.queued, attempts=3),
    "outbox_recipients": lambda w, g: w.outbox_recipients(g.queued, [Recipient("a@contoso.example")]),
    "sent": lambda w, g: w.sent(g.dot, SendState.SENT, _Copy(ACCOUNT, Role.SENT, local(81))),
    "cancel": lambda w, g: w.cancel(g.queued, Draft(account=ACCOUNT), [("a", "text/plain", b"a")]),
    "retry": lambda w, g: w.retry(g.failed, NOW),
    "request_add": lambda w, g: w.request_add("{}"),
    "request_taken": lambda w, g: w.request_taken(g.request),
    "request_answer": lambda w, g: w.request_answer(g.request, "{}"),
    "request_done": lambda w, g: w.request_done(g.request),
    "requests_reopen": lambda w, g: w.requests_reopen(),
    "expire": lambda w, g: w.expire(NOW + 365 * 86_400),
}
"""By the name of the method."""

DURABLE = frozenset(
    {"remove_folder", "downloaded", "delete_forever", "pending_tried", "queue", "outbox_state", "sent"}
)
"""What is on the disk when the method returns."""


@dataclass(frozen=True, slots=True)
class _Agreed:
    id: int
    flags: Flag = SEEN
    tags: frozenset[str] = frozenset()
    agreed: Flag = SEEN
    agreed_tags: frozenset[str] = frozenset()


def make(path: Path, name: str, ground: Ground) -> None:
    """Open the store, make one of CHANGES, close it."""
    with Writer(path) as writer:
        CHANGES[name](writer, ground)


def held(path: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, and what the search index finds."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as db:
        tables = db.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'search%'"
        ).fetchall()
        found = {name: sorted(db.execute(f"SELECT * FROM {name}"), key=repr) for (name,) in tables}
        found["search"] = db.execute("SELECT rowid FROM search WHERE search MATCH 'sum'").fetchall()
        return found


def copied(source: Path, target: Path) -> Path:
    """The store's one file, in a folder of its own."""
    shutil.rmtree(target.parent, ignore_errors=True)
    target.parent.mkdir(parents=True)
    shutil.copyfile(source, target)
    return target


def unsound(path: Path) -> list[str]:
    """What is wrong with a store that was opened again."""
    with Reader(path) as reader:
        found = reader.check()
    with closing(sqlite3.connect(path)) as db:
        found += [line for (line,) in db.execute("PRAGMA integrity_check") if line != "ok"]
    return found
