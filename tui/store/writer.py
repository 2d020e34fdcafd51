"""Changing the store: every method ONE transaction."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence

from tui.model.account import Protocol
from tui.model.draft import Draft, Recipient, SendState
from tui.model.folder import Role, ServerFolder, SyncMark
from tui.model.message import NO_FLAGS, Flag, NewMessage, Scan
from tui.store import (
    actions,
    checking,
    drafts,
    filing,
    flags,
    folders,
    importing,
    indexing,
    insert,
    moves,
    outbox,
    pending,
    places,
    pop,
    refused,
    requests,
    undo,
)
from tui.store import switch as switching
from tui.store.importing import Same
from tui.store.records import Agreement, SentCopyOf
from tui.store.transactions import Transactions

_NO_TAGS: frozenset[str] = frozenset()


class Writer(Transactions):
    """The way in, for one thread; close it, or use it as a context manager.

    Writers of all threads and processes take turns, and wait at most ten seconds for each other. Every method
    raises StoreBroken (nothing was changed then) when the store cannot be written, Busy when it is not free.
    """

    # Accounts and folders

    def account(self, address: str, protocol: Protocol) -> None:
        """Make an account known. Use `switch` to change the protocol of one that has mail."""
        self._do(folders.save_account, address, protocol)

    def forget_account(self, address: str) -> None:
        """Remove an account with all its mail, drafts and outbox."""
        self._do(folders.forget_account, address)

    def switch(self, account: str, protocol: Protocol) -> None:
        """File an account's mail anew for another protocol; every message stays (see store.switch)."""
        self._do(switching.switch, account, protocol)

    def folders(self, account: str, listed: Sequence[ServerFolder]) -> list[int]:
        """Take over a server's complete list of folders; answers those that have become local."""
        return self._do(folders.take_list, account, listed)

    def local_folder(self, account: str, name: str, role: Role = Role.NONE) -> int:
        """The id of a folder of this computer, made where there is none of that name."""
        return self._do(folders.local_folder, account, name, role)

    def make_folder(self, account: str, name: str, role: Role = Role.NONE, *, on_server: bool = False) -> int:
        """A folder to be used at once; with `on_server` the server is told to make it. Answers its id."""
        return self._do(folders.make_folder, account, name, role, on_server)

    def rename_folder(self, folder: int, name: str) -> None:
        """Another name for a folder and those inside it. Raises NotFound, Refused."""
        self._do(filing.rename, folder, name)

    def remove_folder(self, folder: int, trash: int) -> int:
        """Delete a folder and those inside it, their mail moved to `trash`; answers how many messages."""
        with self.durable():
            return self._do(filing.remove, folder, trash)

    def folder_made(self, change: int, folder: int, wire: str) -> None:
        """The server has made a folder."""
        self._do(filing.made, change, folder, wire)

    def folder_moved(self, change: int, folder: int, wire: str, delimiter: str) -> None:
        """A folder has another name on the server, by the pending `change` (0: by another program)."""
        self._do(filing.moved, change, folder, wire, delimiter)

    def folder_removed(self, folder: int) -> None:
        """The server has deleted a folder as it was told."""
        self._do(folders.removed, folder)

    def settle_vanished(self, account: str, vanished: Sequence[int]) -> list[str]:
        """What was in folders that a server has no more, and is in none of the others, is mail of this
        computer; answers the names of its folders."""
        return self._do(filing.settle_vanished, account, vanished)

    def mark(self, folder: int, reached: SyncMark) -> None:
        """Note how far a folder has been read; with a uidnext: completely."""
        self._do(folders.set_mark, folder, reached)

    # Mail that arrives

    def added(
        self,
        folder: int,
        messages: Sequence[NewMessage],
        mark: SyncMark | None = None,
        on_server: bool = True,
        *,
        index_later: bool = False,
    ) -> list[int]:
        """Store messages; answers their ids in that order. A uid that is here already is not stored again.
        With `index_later` they wait for `index`."""
        return self._do(insert.add, folder, messages, mark, on_server, index_later)

    def downloaded(
        self, folder: int, messages: Sequence[NewMessage], sizes: Mapping[str, int] | None = None
    ) -> list[int]:
        """Store whole messages of a POP3 server with their UIDLs and the sizes it gave these, on the disk."""
        with self.durable():
            return self._do(insert.downloaded, folder, messages, sizes or {})

    def append(self, folder: int, messages: Sequence[NewMessage]) -> list[int]:
        """File whole mail made here; a server's folder is given it by APPEND. Answers the ids."""
        return self._do(insert.append, folder, messages)

    def add_absent(
        self, folder: int, messages: Sequence[tuple[NewMessage, int]], same: Same, *, everywhere: bool
    ) -> list[int]:
        """File mail that comes from files; answers ids, 0 for what was here (see store.importing)."""
        return self._do(importing.add_absent, folder, messages, same, everywhere)

    def body(self, message: int, raw: bytes, scan: Scan) -> None:
        """Make a message whole."""
        self._do(insert.add_bodies, [(message, raw, scan)])

    def bodies(self, found: Sequence[tuple[int, bytes, Scan | None]]) -> None:
        """Make many messages whole: id, bytes, scan. Batches of about 100 ms leave room for others.
        Without their scans they wait for `index`."""
        self._do(insert.add_bodies, found)

    def index(self, found: Sequence[tuple[int, bool, Scan | None]]) -> None:
        """Take messages into the search index that `Reader.to_index` named: id, whole, scan."""
        self._do(indexing.take, found)

    # Places on the server

    def place(
        self,
        message: int,
        uid: int,
        flags: Flag | None = None,
        tags: frozenset[str] = _NO_TAGS,
        folder: int | None = None,
    ) -> bool:
        """A message was found at `uid` of its folder (or of `folder`), with these flags of the server.

        False when that place holds another message.
        """
        return self._do(places.place, message, uid, flags, tags, folder)

    def agree(self, steps: Sequence[Agreement]) -> None:
        """Take over merged flags, and the server's as those agreed on."""
        self._do(flags.agree, steps)

    def new_generation(self, folder: int, uidvalidity: int) -> None:
        """UIDVALIDITY has changed: forget every uid of the folder and keep every message."""
        self._do(places.new_generation, folder, uidvalidity)

    def left(self, folder: int, uids: Collection[int]) -> None:
        """These uids, which were to leave the folder, have left it."""
        self._do(places.left, folder, uids)

    def gone(self, ids: Sequence[int]) -> None:
        """Proved gone on the server: into the local wastebasket, for 30 days."""
        self._do(places.gone, ids, int(time.time()))

    def settle_gone(self, ids: Sequence[int]) -> list[int]:
        """Proved gone from their folders: moved there where they have just arrived elsewhere in the account,
        else as `gone`. Answers the folders touched."""
        return self._do(places.settle_gone, ids, int(time.time()))

    def settle_unfound(self, folders: Sequence[int]) -> list[int]:
        """All of a server was read, these folders wholly: settle what was not found in them (see places).
        Answers the folders touched."""
        return self._do(places.settle_unfound, folders)

    def hold_gone(self, folder: int, ids: Collection[int]) -> None:
        """So many are gone that a person decides; they stay until `confirm_gone`."""
        self._do(places.hold_gone, folder, ids)

    def confirm_gone(self, folder: int, remove: bool) -> None:
        """The decision: as `gone`, or kept as mail of this computer."""
        self._do(places.confirm_gone, folder, remove, int(time.time()))

    def forget(self, ids: Sequence[int]) -> None:
        """Remove rows for good and tell nobody."""
        self._do(moves.forget, ids)

    def uidl_have(self, account: str, uidl: str, message: int) -> None:
        """The message that a POP3 server lists under `uidl` is here."""
        self._do(pop.have, account, uidl, message)

    def uidls_gone(self, account: str, uidls: Collection[str]) -> None:
        """The server lists these UIDLs no more; their messages stay, and what they looked like."""
        self._do(pop.gone, account, uidls, int(time.time()))

    def uidl_proved(self, account: str, uidl: str, size: int, was: str = "") -> None:
        """What the server lists under `uidl`, in so many octets, is the message noted for it or for `was`."""
        self._do(pop.proved, account, uidl, size, was)

    def uidls_reused(self, account: str, uidls: Collection[str]) -> None:
        """The server lists other messages under these UIDLs: they are new."""
        self._do(pop.reused, account, uidls)

    # What the person does; the server is told later

    def set_flags(
        self,
        ids: Sequence[int],
        add: Flag = NO_FLAGS,
        remove: Flag = NO_FLAGS,
        add_tags: frozenset[str] = _NO_TAGS,
        remove_tags: frozenset[str] = _NO_TAGS,
    ) -> list[int]:
        """Change flags and tags; answers the ids that are different now. Raises BadInput for a bad tag."""
        return self._do(actions.set_flags, ids, add, remove, add_tags, remove_tags)

    def move(self, ids: Sequence[int], folder: int) -> list[int]:
        """Move messages within their account; answers those moved. Raises BadInput, Refused."""
        return self._do(actions.move, ids, folder)

    def copy(self, ids: Sequence[int], folder: int) -> list[int]:
        """Copy messages within their account; answers the ids of the copies. Raises as `move`."""
        return self._do(actions.copy, ids, folder)

    def delete_forever(self, ids: Sequence[int]) -> list[int]:
        """Remove messages here and on their server; cannot be undone. Answers the ids."""
        with self.durable():
            return self._do(moves.delete_forever, ids)

    def undo(self) -> str:
        """Take back the newest change; answers a sentence, "" when there is none."""
        return self._do(undo.undo)

    # Telling the server

    def pushed_flags(
        self, ids: Sequence[int], lost: Flag = NO_FLAGS, tags_lost: frozenset[str] = frozenset()
    ) -> None:
        """The server has the flags of these pending changes, but for those it cannot keep."""
        self._do(flags.pushed, ids, lost, tags_lost)

    def pushed_places(self, places_of: Sequence[tuple[int, int, int]], folder: int = 0) -> None:
        """MOVE, COPY or APPEND into `folder` was done: pending id, message id, new uid (0: not told)."""
        self._do(pending.placed, places_of, folder)

    def pending_done(self, ids: Sequence[int]) -> None:
        """Forget pending changes: done, or pointless."""
        self._do(pending.done, ids)

    def pending_failed(self, ids: Sequence[int], error: str) -> None:
        """The server refused these, with its words; they stay and are shown."""
        self._do(pending.failed, ids, error)

    def retry_changes(self, ids: Sequence[int]) -> int:
        """Refused changes (none named: all) are to be told again; answers how many."""
        return self._do(refused.retry, ids)

    def drop_changes(self, ids: Sequence[int]) -> int:
        """Refused changes (none named: all) are given up, no message with them; answers how many."""
        return self._do(refused.drop, ids)

    def pending_tried(self, number: int) -> bool:
        """A change that cannot be made twice is about to be tried; False where it was taken back."""
        with self.durable():
            return self._do(pending.tried, number)

    def copies_lost(self, ids: Sequence[int], *, unmade: bool) -> None:
        """The originals of these pending copies are gone: the server is given the copies themselves."""
        if ids:
            self._do(pending.copies_lost, ids, unmade=unmade)

    def pending_marked(self, ids: Sequence[int]) -> None:
        """The server could only mark these as deleted: their places stay noted until they are gone."""
        self._do(pending.marked, ids)

    # Writing and sending

    def save_draft(self, draft: Draft) -> Draft:
        """Keep a draft (new with id 0); answers it as saved. Its files are kept by attach and detach."""
        return self._do(drafts.save, draft)

    def attach(self, draft: int, filename: str, kind: str, data: bytes) -> Draft:
        """Add a file: name, media type, bytes. Raises NotFound."""
        return self._do(drafts.attach, draft, filename, kind, data)

    def detach(self, draft: int, file: int) -> Draft:
        """Drop a file. Raises NotFound."""
        return self._do(drafts.detach, draft, file)

    def drop_draft(self, draft: int) -> None:
        """Throw a draft away with its filed copy."""
        self._do(drafts.drop, draft)

    def file_draft(self, draft: int, folder: int, copy: NewMessage) -> Draft:
        """File a copy of a draft in place of the one before. Raises NotFound."""
        return self._do(drafts.file, draft, folder, copy)

    def queue(
        self,
        account: str,
        sender: str,
        recipients: Sequence[str],
        raw: bytes,
        *,
        subject: str,
        message_id: str,
        due: int,
        hold: bool = False,
        draft_id: int = 0,
        original: int = 0,
        answers: str = "",
    ) -> int:
        """Outbox row in, draft and its filed copy away, original marked; on the disk when this returns."""
        with self.durable():
            return self._do(
                outbox.queue, account, sender, recipients, raw, subject, message_id, due, hold, draft_id,
                original, answers,
            )  # fmt: skip

    def outbox_state(
        self,
        number: int,
        sources: Collection[SendState],
        target: SendState,
        *,
        durable: bool = False,
        **fields: int | str,
    ) -> bool:
        """Compare and set a state, with attempts, due, last_error, explanation, server_id.

        False where it was in none of `sources`. `durable`: on the disk when this returns.
        """
        if not durable:
            return self._do(outbox.set_state, number, sources, target, fields)
        with self.durable():
            return self._do(outbox.set_state, number, sources, target, fields)

    def outbox_note(self, number: int, **fields: int | str) -> None:
        """Change those fields and leave the state as it is."""
        self._do(outbox.note, number, fields)

    def outbox_recipients(self, number: int, recipients: Sequence[Recipient]) -> None:
        """Note what the server said of each recipient."""
        self._do(outbox.set_recipients, number, recipients)

    def sent(
        self, number: int, target: SendState | None, copy: SentCopyOf | None, **fields: int | str
    ) -> bool:
        """From DOT_SENT on: the server has taken it. State, fields and the filed copy in one; durable."""
        with self.durable():
            return self._do(outbox.sent, number, target, copy, fields)

    def cancel(self, number: int, otherwise: Draft, files: Sequence[tuple[str, str, bytes]] = ()) -> int:
        """Take a mail back; answers its draft's id, 0 when it is too late (see store.outbox)."""
        return self._do(outbox.cancel, number, otherwise, files)

    def retry(self, number: int, now: int) -> bool:
        """Make a waiting, failed or unsure mail due at `now`; False for any other."""
        return self._do(outbox.retry, number, now)

    # Other processes, and the store itself

    def request_add(self, command: str) -> int:
        """Ask the process that leads for something (JSON); answers the request's id."""
        return self._do(requests.add, command)

    def request_taken(self, number: int) -> None:
        """The leader has begun with it."""
        self._do(requests.take, number)

    def request_answer(self, number: int, answer: str) -> None:
        """Answer a request (JSON)."""
        self._do(requests.answer, number, answer)

    def request_done(self, number: int) -> None:
        """The answer was read, or is not waited for any more."""
        self._do(requests.done, number)

    def requests_reopen(self) -> None:
        """A new leader: what the last one had begun is open again."""
        self._do(requests.reopen)

    def expire(self, now: int | None = None) -> None:
        """Clear away what has outlived its 30 days: the wastebasket, sent mail of the outbox."""
        self._do(checking.expire, int(time.time()) if now is None else now)
