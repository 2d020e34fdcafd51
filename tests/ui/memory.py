"""A store and an engine in memory: enough of both for the screens to be tried without disk and network."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any

from tui.model import command as c
from tui.model.account import Protocol
from tui.model.draft import Draft, Outgoing
from tui.model.event import AccountStatus, Event, FoldersChanged, MessagesChanged, Phase
from tui.model.folder import Folder, Role
from tui.model.message import Address, BodyState, Envelope, Filter, Flag, Row, Sort
from tui.model.query import Query

ME = "you@example.org"
NOW = 1_790_000_000


def row(number: int, **changes: Any) -> Row:
    """A row of the inbox; fields of the row and of its envelope are given by name."""
    fields = {name: changes.pop(name) for name in tuple(changes) if name in Envelope.__dataclass_fields__}
    envelope = replace(
        Envelope(
            message_id=f"{number}@contoso.example",
            date=NOW - number * 3600,
            subject=f"Message {number}",
            sender=(Address("Billing", "billing@contoso.example"),),
            to=(Address(None, ME),),
        ),
        **fields,
    )
    return replace(
        Row(
            number, ME, "INBOX", 1, number, "", envelope, NOW - number * 3600, Flag.SEEN, frozenset(), 2000,
            0, "The first words of it", number, BodyState.FULL, True,
        ),
        **changes,
    )  # fmt: skip


FOLDERS = (
    Folder(1, ME, "INBOX", Role.INBOX, False, True, 0, 0),
    Folder(2, ME, "Drafts", Role.DRAFTS, False, True, 0, 0),
    Folder(3, ME, "Sent Items", Role.SENT, False, True, 0, 0),
    Folder(4, ME, "Archive", Role.ARCHIVE, False, True, 0, 0),
    Folder(5, ME, "Junk Email", Role.JUNK, False, True, 0, 0),
    Folder(6, ME, "Deleted Items", Role.TRASH, False, True, 0, 0),
    Folder(7, ME, "Projects", Role.NONE, False, True, 0, 0),
    Folder(8, ME, "Projects/Harbour", Role.NONE, False, True, 0, 0),
)


@dataclass
class MemoryReader:
    """Answers what the screens ask of `store.reader.Reader`."""

    held: dict[int, Row] = field(default_factory=dict)
    raws: dict[int, bytes] = field(default_factory=dict)
    kept_folders: tuple[Folder, ...] = FOLDERS
    waiting: list[Outgoing] = field(default_factory=list)
    unindexed: int = 0

    @classmethod
    def of(cls, rows: Iterable[Row]) -> MemoryReader:
        """A reader of these rows, each with a short body."""
        held = {one.id: one for one in rows}
        raws = {
            number: b"From: Billing <billing@contoso.example>\r\nSubject: x\r\n\r\nWords of the body.\r\n"
            for number, one in held.items()
            if one.body is BodyState.FULL
        }
        return cls(held, raws)

    def __enter__(self) -> MemoryReader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        pass

    def close(self) -> None:
        pass

    def accounts(self) -> list[tuple[str, Protocol]]:
        return [
            (address, Protocol.IMAP) for address in dict.fromkeys(one.account for one in self.kept_folders)
        ]

    def folders(self, account: str = "") -> list[Folder]:
        found = []
        for folder in self.kept_folders:
            rows = [one for one in self.held.values() if one.folder_id == folder.id]
            unread = sum(Flag.SEEN not in one.flags for one in rows)
            if account in {"", folder.account}:
                found.append(replace(folder, unread=unread, total=len(rows)))
        return found

    def folder(self, id: int) -> Folder | None:
        return next((one for one in self.folders() if one.id == id), None)

    def folder_role(self, account: str, role: Role) -> Folder | None:
        return next((one for one in self.folders(account) if one.role is role), None)

    def ids(
        self,
        folder: int | None,
        *,
        role: Role | None = None,
        sort: Sort = Sort.DATE,
        filter: Filter = Filter.ALL,
        limit: int | None = None,
        threads: bool = False,
    ) -> array[int]:
        inboxes = {one.id for one in self.kept_folders if one.role is role}
        rows = [
            one for one in self.held.values()
            if (one.folder_id == folder if folder else one.folder_id in inboxes) and _passes(one, filter)
        ]  # fmt: skip
        rows.sort(key=lambda one: -one.received)
        if sort is Sort.SENDER:
            rows.sort(key=lambda one: one.envelope.sender[0].address)
        if sort is Sort.SIZE:
            rows.sort(key=lambda one: -one.size)
        if threads:
            seen: set[int] = set()
            rows = [one for one in rows if not (one.thread in seen or seen.add(one.thread))]  # type: ignore[func-returns-value]
        return array("q", [one.id for one in rows][:limit])

    def rows(self, ids: Sequence[int]) -> list[Row]:
        return [self.held[id] for id in ids if id in self.held]

    def row(self, id: int) -> Row | None:
        return self.held.get(id)

    def raw(self, id: int) -> bytes | None:
        return self.raws.get(id)

    def thread(self, id: int) -> list[int]:
        rows = [one for one in self.held.values() if one.thread == self.held[id].thread]
        return [one.id for one in sorted(rows, key=lambda one: one.received)]

    def thread_counts(self, ids: Sequence[int]) -> dict[int, int]:
        return {id: len(self.thread(id)) for id in ids}

    def search(
        self, query: Query, *, folder: int | None = None, account: str = "", limit: int = 50
    ) -> list[int]:
        words = [term.value.casefold() for term in query.terms]
        found = [
            one
            for one in self.held.values()
            if all(word in one.envelope.subject.casefold() for word in words)
        ]
        return [one.id for one in sorted(found, key=lambda one: -one.received)][:limit]

    def first_mail(self, message: int, address: str) -> bool:
        return False

    def refused_count(self) -> int:
        return 0

    def to_index_count(self) -> int:
        return self.unindexed

    def outbox(self) -> list[Outgoing]:
        return self.waiting


def _passes(one: Row, filter: Filter) -> bool:
    return {
        Filter.ALL: True,
        Filter.UNREAD: Flag.SEEN not in one.flags,
        Filter.FLAGGED: Flag.FLAGGED in one.flags,
        Filter.ATTACHMENT: bool(one.attachments),
    }[filter]


@dataclass
class MemoryEngine:
    """Answers what the screens ask of `sync.engine.Engine`; keeps every command that was posted."""

    reader: MemoryReader
    offline: bool = False
    posted: list[c.Command] = field(default_factory=list)
    states: dict[str, AccountStatus] = field(default_factory=dict)
    fails: dict[type[Any], Exception] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    bodies: dict[int, bytes] = field(default_factory=dict)
    closed: bool = False
    started: bool = False
    _heard: list[Callable[[Event], None]] = field(default_factory=list)
    _undo: dict[int, Row] = field(default_factory=dict)

    def start(self, *, offline: bool = False) -> None:
        self.started = True
        self.offline = offline

    def close(self, within: float = 2.0) -> bool:
        self.closed = True
        return True

    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        self._heard.append(listener)
        return lambda: self._heard.remove(listener)

    def say(self, event: Event) -> None:
        """Tell every listener, as the engine's threads do."""
        for listener in list(self._heard):
            listener(event)

    def status(self, account: str) -> AccountStatus:
        return self.states.get(account, AccountStatus(account, Phase.UP_TO_DATE, since=NOW))

    def post(self, command: c.Command) -> Future[Any]:
        self.posted.append(command)
        future: Future[Any] = Future()
        if type(command) in self.fails:
            future.set_exception(self.fails[type(command)])
        else:
            future.set_result(self._do(command))
        return future

    def _do(self, command: c.Command) -> Any:
        held = self.reader.held
        match command:
            case c.SetFlags(ids, add, remove):
                self._change({id: replace(held[id], flags=(held[id].flags | add) & ~remove) for id in ids})
                return ids
            case c.Archive(ids):
                return self._move(ids, 4)
            case c.Delete(ids, forever):
                if not forever:
                    return self._move(ids, 6)
                for id in ids:
                    del held[id]
                self.say(MessagesChanged(ME, 6))
                return ids
            case c.Move(ids, folder):
                return self._move(ids, next(one.id for one in self.reader.kept_folders if one.name == folder))
            case c.Copy(ids, folder):
                return self._copy(ids, next(one for one in self.reader.kept_folders if one.name == folder))
            case c.Undo():
                undone, self._undo = self._undo, {}
                self._change(undone)
                return f"Undone for {len(undone)} messages." if undone else ""
            case c.StartDraft(account, kind, message):
                return Draft(account, id=1, subject=kind, original=message)
            case c.FetchBody(id):
                self.reader.raws[id] = self.bodies[id]
                held[id] = replace(held[id], body=BodyState.FULL)
                return True
            case c.Fetch():
                return (c.Summary(ME, new=2, problems=self.problems),)
            case c.GoOffline(offline):
                self.offline = offline
        return None

    def _move(self, ids: Sequence[int], folder: int) -> Sequence[int]:
        name = next(one.name for one in self.reader.kept_folders if one.id == folder)
        held = self.reader.held
        self._change({id: replace(held[id], folder_id=folder, folder=name) for id in ids})
        return ids

    def _copy(self, ids: Sequence[int], folder: Folder) -> list[int]:
        held = self.reader.held
        copies = [(max(held) + 1 + place, held[id]) for place, id in enumerate(ids)]
        held.update(
            {new: replace(row, id=new, folder_id=folder.id, folder=folder.name) for new, row in copies}
        )
        self.say(MessagesChanged(ME, folder.id))
        return [new for new, _ in copies]

    def _change(self, changed: dict[int, Row]) -> None:
        self._undo = {id: self.reader.held[id] for id in changed}
        self.reader.held.update(changed)
        self.say(MessagesChanged(ME, 1))
        self.say(FoldersChanged(ME))
