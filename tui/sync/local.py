"""The thread on which local changes are made, in the order asked for; the network catches up later."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

from tui.model.account import Protocol
from tui.model.change_command import DropChanges, RetryChanges
from tui.model.command import (
    Archive,
    Attach,
    CancelSend,
    ConfirmGone,
    Copy,
    Delete,
    Detach,
    DropDraft,
    LocalCommand,
    Move,
    QueueDraft,
    QueueMessage,
    RetrySend,
    SaveDraft,
    SetFlags,
    StartDraft,
    Undo,
)
from tui.model.error import MailError, NotFound, StoreBroken
from tui.model.event import FoldersChanged, MessagesChanged
from tui.model.folder import Folder, Role
from tui.model.folder_command import CreateFolder, DeleteFolder, Import, RenameFolder
from tui.model.message import Row
from tui.store.folders import ROLE_NAMES
from tui.store.reader import Reader
from tui.store.writer import Writer
from tui.sync.context import Context
from tui.sync.crew import Crew
from tui.sync.futures import complete, refuse

if TYPE_CHECKING:
    from tui.sync.filing import Filing
    from tui.sync.writing import Writing

log = logging.getLogger(__name__)


class LocalThread:
    """Takes local commands from any thread; `local` carries them out."""

    def __init__(self, context: Context, crew: Crew) -> None:
        self._context = context
        self._crew = crew
        self._queue: queue.SimpleQueue[tuple[LocalCommand, Future[Any]] | None] = queue.SimpleQueue()
        self._file_drafts = False
        self._thread = threading.Thread(target=self._run, name="local", daemon=True)

    def start(self, *, file_drafts: bool) -> None:
        """Begin; `file_drafts` first puts what a crash left unfiled into the Drafts folders."""
        self._file_drafts = file_drafts
        self._thread.start()

    def post(self, command: LocalCommand) -> Future[Any]:
        """The Future of the command's answer."""
        future: Future[Any] = Future()
        self._queue.put((command, future))
        return future

    def close(self, deadline: float) -> None:
        """Carry out what was asked for, then end, at the latest by `deadline` (monotonic seconds)."""
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(max(0.0, deadline - time.monotonic()))

    def _run(self) -> None:
        try:
            with Reader(self._context.database) as reader, Writer(self._context.database) as writer:
                changes = Changes(self._context, self._crew, reader, writer)
                if self._file_drafts:
                    changes.file_drafts()
                while item := self._queue.get():
                    command, future = item
                    complete(future, partial(changes.do, command), type(command).__name__)
        except StoreBroken as error:
            log.error("local changes: %s (%s)", error, error.detail)
            self._refuse_all(error)
        except Exception:  # the top of a thread: whoever asks must not wait for ever
            log.exception("the thread of local changes ended")
            fault = MailError("Nothing can be changed by a fault of this program.", "Start it again.")
            self._refuse_all(fault)

    def _refuse_all(self, error: MailError) -> None:
        """Nothing more can be done here: say so to everybody who still asks."""
        while item := self._queue.get():
            refuse(item[1], error)


class Changes:
    """What each local command does to the store, and who must hear of it."""

    def __init__(self, context: Context, crew: Crew, reader: Reader, writer: Writer) -> None:
        self._context = context
        self._crew = crew
        self._reader = reader
        self._writer = writer

    @cached_property
    def _writing(self) -> Writing:
        from tui.sync.writing import Writing

        return Writing(self._context, self._reader, self._writer)

    @cached_property
    def _filing(self) -> Filing:
        from tui.sync.filing import Filing

        return Filing(self._context, self._reader, self._writer)

    def do(self, command: LocalCommand) -> object:
        """Carry out `command` and answer as `model.command` says, or with a Future of that answer."""
        match command:
            case SetFlags() | Move() | Copy() | Archive() | Delete():
                return self._messages(command)
            case Undo():
                return self._undo()
            case CreateFolder() | RenameFolder() | DeleteFolder():
                return self._file(command)
            case Import():
                return self._import(command)
            case RetryChanges(ids):
                return self._settled(self._writer.retry_changes(ids))
            case DropChanges(ids):
                return self._settled(self._writer.drop_changes(ids))
            case ConfirmGone(folder, remove):
                self._confirm_gone(folder, remove)
                return None
            case QueueDraft() | QueueMessage() | CancelSend() | RetrySend():
                return self._outbox(command)
            case StartDraft() | SaveDraft() | Attach() | Detach() | DropDraft():
                return self._draft(command)

    def file_drafts(self) -> None:
        """Give drafts that were never closed a copy in their Drafts folder, where they can be found."""
        for draft in self._reader.drafts():
            if not draft.message and self._context.account(draft.account):
                try:
                    self._draft(SaveDraft(draft, file=True))
                except StoreBroken:
                    raise
                except MailError as error:
                    log.warning("a draft was not filed: %s", error)

    # Messages

    def _messages(self, command: SetFlags | Move | Copy | Archive | Delete) -> tuple[int, ...]:
        rows = self._reader.rows(command.ids)
        if missing := set(command.ids) - {row.id for row in rows}:
            raise NotFound(f"There is no message {', '.join(map(str, sorted(missing)))}.")
        match command:
            case SetFlags(ids, add, remove, add_tags, remove_tags):
                changed = self._writer.set_flags(ids, add, remove, add_tags, remove_tags)
            case Move(_, name):
                changed = self._moved(rows, lambda account: self._folder(account, name))
            case Copy(_, name):
                changed = self._copied(rows, lambda account: self._folder(account, name))
            case Archive():
                changed = self._moved(rows, lambda account: self._role(account, Role.ARCHIVE))
            case Delete(ids, True):
                changed = self._writer.delete_forever(ids)
            case Delete():
                changed = self._moved(rows, lambda account: self._role(account, Role.TRASH))
        self._tell(rows, changed)
        return tuple(changed)

    def _moved(self, rows: Sequence[Row], target: Callable[[str], Folder]) -> list[int]:
        moved: list[int] = []
        targets = {account: target(account) for account in {row.account for row in rows}}
        for account, folder in targets.items():
            ids = [row.id for row in rows if row.account == account and row.folder_id != folder.id]
            moved.extend(self._writer.move(ids, folder.id) if ids else [])
        return moved

    def _copied(self, rows: Sequence[Row], target: Callable[[str], Folder]) -> list[int]:
        copies: list[int] = []
        targets = {account: target(account) for account in {row.account for row in rows}}
        for account, folder in targets.items():
            ids = [row.id for row in rows if row.account == account]
            copies.extend(self._writer.copy(ids, folder.id))
        return copies

    def _folder(self, account: str, name: str) -> Folder:
        folder = self._reader.folder_named(account, name)
        if folder is None or not folder.selectable:
            raise NotFound(
                f"{account} has no folder {name}.", "outlook-tui folders lists them; names are exact."
            )
        return folder

    def _role(self, account: str, role: Role) -> Folder:
        """The account's folder for a role; where there is none yet it is made, on its server too."""
        folder = self._reader.folder_role(account, role)
        if folder is None:
            known = self._context.account(account)
            on_server = known is not None and known.incoming is Protocol.IMAP
            number = self._writer.make_folder(account, ROLE_NAMES[role], role, on_server=on_server)
            folder = self._reader.folder(number)
            self._context.board.tell(FoldersChanged(account))
        assert folder is not None
        return folder

    def _undo(self) -> str:
        done = self._writer.undo()
        self._nudge_all()
        return done

    def _settled(self, number: int) -> int:
        self._nudge_all()
        return number

    def _nudge_all(self) -> None:
        """Folders of any account may have changed."""
        self._context.board.tell(FoldersChanged(""))
        for address in self._reader.accounts_pending():
            self._crew.nudge(address)

    def _confirm_gone(self, folder: int, remove: bool) -> None:
        self._writer.confirm_gone(folder, remove)
        found = self._reader.folder(folder)
        if found:
            self._context.board.tell(MessagesChanged(found.account, folder))
            self._context.board.tell(FoldersChanged(found.account))

    def _file(self, command: CreateFolder | RenameFolder | DeleteFolder) -> int:
        answer = self._filing.folder(command)
        self._context.board.tell(FoldersChanged(command.account))
        self._crew.nudge(command.account)
        return answer

    def _import(self, command: Import) -> tuple[int, ...]:
        ids, folder = self._filing.take_in(command)
        if any(ids):
            self._context.board.tell(MessagesChanged(command.account, folder))
            self._context.board.tell(FoldersChanged(command.account))
            self._crew.nudge(command.account)
        return tuple(ids)

    def _tell(self, before: Iterable[Row], changed: Sequence[int]) -> None:
        rows = [*before, *self._reader.rows(changed)]
        for account, folder in {(row.account, row.folder_id) for row in rows}:
            self._context.board.tell(MessagesChanged(account, folder))
        for account in {row.account for row in rows}:
            self._context.board.tell(FoldersChanged(account))
            self._crew.nudge(account)

    # Writing

    def _draft(self, command: StartDraft | SaveDraft | Attach | Detach | DropDraft) -> object:
        answer = self._writing.draft(command)
        if not isinstance(command, StartDraft):
            for account, folder in self._writing.touched():
                self._context.board.tell(MessagesChanged(account, folder))
                self._crew.nudge(account)
        return answer

    def _outbox(self, command: QueueDraft | QueueMessage | CancelSend | RetrySend) -> int:
        answer, account = self._writing.outbox(command)
        self._crew.nudge_outbox()
        self._crew.nudge(account)
        self._context.board.tell(FoldersChanged(account))
        return answer
