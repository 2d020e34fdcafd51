"""Reading the store: one read-only connection. Everything the screen knows of mail comes through here."""

from __future__ import annotations

import sqlite3
import time
from array import array
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, TypeVar

from tui.model.account import Protocol
from tui.model.draft import Draft, Outgoing
from tui.model.folder import Folder, Role, SyncMark
from tui.model.message import Address, Filter, Row, Sort
from tui.model.query import Query
from tui.store import (
    checking,
    contacts,
    drafts,
    flags,
    folders,
    holdings,
    indexing,
    listing,
    outbox,
    pending,
    places,
    refused,
    requests,
    rows,
)
from tui.store import searching as search
from tui.store.database import Database
from tui.store.faults import judged
from tui.store.records import (
    FlagState,
    Holding,
    Holdings,
    Missing,
    Pending,
    PendingKind,
    Placed,
    Request,
    Since,
    UidlRow,
    Unindexed,
)

__all__ = [
    "FlagState",
    "Holding",
    "Holdings",
    "Missing",
    "Pending",
    "PendingKind",
    "Placed",
    "Reader",
    "Request",
    "Since",
    "UidlRow",
    "Unindexed",
]

EVERYTHING = Since()

_P = ParamSpec("_P")
_T = TypeVar("_T")


def _damaged_text(octets: bytes) -> str:
    """Text of which a damaged store has changed some octets."""
    return octets.decode("utf-8", "replace")


class Reader:
    """A view of the store for one thread; close it, or use it as a context manager.

    Each call sees the store as it is at that moment. A store that is not there yet is made, an older one is
    brought up to date. Every method raises StoreBroken when the store cannot be read.
    """

    def __init__(self, path: Path) -> None:
        database = Database(path)
        if not database.ready():
            database = Database.open(path)
        self._path = path
        self._db = database.connect(readonly=True)

    def close(self) -> None:
        """Close the connection; closing twice does no harm."""
        self._db.close()

    def __enter__(self) -> Reader:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(
        self, function: Callable[Concatenate[sqlite3.Connection, _P], _T], *args: _P.args, **kwargs: _P.kwargs
    ) -> _T:
        with judged(self._db, self._path):
            try:
                return function(self._db, *args, **kwargs)
            except sqlite3.OperationalError as error:
                if "decode to UTF-8" not in str(error):
                    raise
                self._db.text_factory = _damaged_text  # from now on: it takes longer
                return function(self._db, *args, **kwargs)

    # Accounts and folders

    def accounts(self) -> list[tuple[str, Protocol]]:
        """Every account that has mail here, and the protocol its folders are laid out for."""
        return self._ask(folders.accounts)

    def folders(self, account: str = "") -> list[Folder]:
        """The folders of an account, or of all: by role (inbox, drafts, sent, archive, junk, trash), name."""
        return self._ask(folders.folders, account)

    def folder(self, number: int) -> Folder | None:
        """The folder of that id."""
        return self._ask(folders.folder, number)

    def folder_named(self, account: str, name: str) -> Folder | None:
        """The account's folder of exactly that name."""
        return self._ask(folders.folder_named, account, name)

    def folder_role(self, account: str, role: Role) -> Folder | None:
        """The account's folder for a role; a server's before a local one."""
        return self._ask(folders.folder_role, account, role)

    def holdings(self, account: str) -> Holdings:
        """What an account has on this disk, and what waits to leave it."""
        return self._ask(holdings.holdings, account, self._path)

    def index_octets(self, wanted: Callable[[], bool] = lambda: True) -> int:
        """What the search index of all accounts takes, 0 when that is no longer `wanted`. Takes its time."""
        return self._ask(holdings.index_octets, wanted)

    # Lists and messages

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
        """The messages of a folder in the order of `sort`, newest first; of all folders of `role` for None.

        `threads` keeps the newest message of each conversation. With `limit` the first page comes at once.
        """
        return self._ask(rows.ids, folder, role, sort, filter, limit, threads)

    def rows(self, ids: Sequence[int]) -> list[Row]:
        """The rows in the order asked for; what is not here is left out."""
        return self._ask(rows.rows, ids)

    def row(self, message: int) -> Row | None:
        """One row."""
        return next(iter(self.rows([message])), None)

    def raw(self, message: int) -> bytes | None:
        """A message's bytes exactly as received, None while only its header is here."""
        return self._ask(rows.raw, message)

    def digest(self, message: int) -> bytes | None:
        """The SHA-256 of the bytes when they were stored, None while they are not here."""
        return self._ask(rows.digest, message)

    def thread(self, message: int) -> list[int]:
        """The message's whole conversation in its account, oldest first."""
        return self._ask(rows.thread, message)

    def thread_counts(self, ids: Sequence[int]) -> dict[int, int]:
        """The size of each message's conversation."""
        return self._ask(rows.thread_counts, ids)

    def unread_of(self, ids: Iterable[int]) -> int:
        """How many of these messages are unread."""
        return self._ask(rows.unread_of, ids)

    def search(
        self, query: Query, *, folder: int | None = None, account: str = "", limit: int = 50
    ) -> list[int]:
        """The newest messages for which all terms hold, in a folder, an account, or everywhere."""
        return self._ask(search.search, query, folder, account, limit, datetime.now().astimezone())

    def to_index(self, limit: int) -> list[Unindexed]:
        """The newest messages that wait for the search index, with their bytes."""
        return self._ask(indexing.waiting, limit)

    def to_index_count(self) -> int:
        """How many messages a search may miss, since the index does not hold all of them yet."""
        return self._ask(indexing.waiting_count)

    def to_index_folders(self) -> list[tuple[str, int]]:
        """Account and folder of the messages that wait for the index."""
        return self._ask(indexing.waiting_folders)

    def snippet(self, message: int, query: Query) -> str:
        """The text around the query's words in a message; its beginning where they stand elsewhere."""
        return self._ask(search.snippet, message, query)

    def contacts(self, prefix: str, limit: int = 8) -> list[Address]:
        """Own correspondents by the beginning of a name or address; those written to most come first."""
        return self._ask(contacts.contacts, prefix, limit)

    def first_mail(self, message: int, address: str) -> bool:
        """Whether nothing came from the sender's address before, and nobody here has written to it."""
        return self._ask(contacts.first_mail, message, address)

    # What a sync compares

    def mark(self, folder: int) -> SyncMark:
        """How far a folder has been read from its server."""
        return self._ask(folders.mark, folder)

    def listing(self, folder: int, uids: Iterable[int] | None = None) -> list[Placed]:
        """Every row of a folder, newest first, or those at `uids`."""
        return self._ask(listing.listing, folder, uids)

    def placed_count(self, folder: int) -> int:
        """How many of a folder's messages on the server are known here: rows in it, and those leaving."""
        return self._ask(listing.placed_count, folder)

    def leaving(self, folder: int) -> frozenset[int]:
        """The uids of a folder that were moved away or removed here and not yet there."""
        return self._ask(listing.leaving, folder)

    def known_at(self, folder: int, limit: int) -> dict[int, int]:
        """Fingerprints by uid of the newest messages that the server has in a folder."""
        return self._ask(listing.known_at, folder, limit)

    def unplaced(self, folder: int) -> dict[int, list[int]]:
        """Rows by fingerprint whose uid in a folder is not known (see `Writer.place`)."""
        return self._ask(listing.unplaced, folder)

    def awaited(self, folder: int, message: int) -> int:
        """How many others like a message a folder of the server has, whose uid there is not known yet."""
        return self._ask(listing.awaited, folder, message)

    def unlinked(self, account: str) -> dict[int, list[int]]:
        """Rows by fingerprint that never had a UIDL, without Sent and Drafts (see `Writer.uidl_have`)."""
        return self._ask(listing.unlinked, account)

    def alike(self, account: str, fingerprints: Iterable[int]) -> dict[int, list[int]]:
        """Rows by those of the fingerprints that an account has, without Sent and Drafts."""
        return self._ask(listing.alike, account, fingerprints)

    def by_fingerprint(self, account: str, fingerprint: int, folder: int | None = None) -> list[int]:
        """Messages of an account, or one folder of it, with that fingerprint."""
        return self._ask(listing.by_fingerprint, account, fingerprint, folder)

    def missed(self, account: str, gone: Iterable[int]) -> dict[tuple[int, int], list[int]]:
        """Rows by fingerprint and size that are in the wastebasket, or among `gone`."""
        return self._ask(listing.missed, account, gone)

    def arrived_elsewhere(self, ids: Iterable[int]) -> list[int]:
        """Those of `ids` that have just arrived in another folder of their account (`Writer.settle_gone`)."""
        return self._ask(places.arrived_elsewhere, ids)

    def held(self, folder: int) -> list[int]:
        """Messages that vanished from the server and wait for `Writer.confirm_gone`."""
        return self._ask(places.held, folder)

    def uidls(self, account: str) -> dict[str, UidlRow]:
        """The UIDLs of all messages that have been here."""
        return self._ask(listing.uidls, account)

    def missing_bodies(
        self, account: str, since: Since = EVERYTHING, folder: int | None = None, limit: int = 0
    ) -> list[Missing]:
        """Bodies to be fetched: the inbox first, then folder by folder, newest first; at most `limit` where
        that is not 0."""
        return self._ask(listing.missing, account, since, folder, limit)

    def missing_count(self, account: str, since: Since = EVERYTHING) -> int:
        """How many bodies are to be fetched."""
        return self._ask(listing.missing_count, account, since)

    def pending(self, account: str = "") -> list[Pending]:
        """Changes that can be told to the server now, in the order to do so, and those that were refused."""
        return self._ask(pending.pending, account)

    def refused_count(self) -> int:
        """How many changes the servers have refused."""
        return self._ask(refused.number)

    def accounts_pending(self) -> list[str]:
        """Accounts with changes that can be told now."""
        return self._ask(pending.accounts_pending)

    def flag_state(self, message: int) -> FlagState | None:
        """What to tell the server of a message's flags, None when the message is gone."""
        return self._ask(flags.flag_state, message)

    # Writing and sending

    def drafts(self, account: str = "") -> list[Draft]:
        """Mail being written, the one saved last first."""
        return self._ask(drafts.drafts, account)

    def draft(self, number: int) -> Draft | None:
        """The draft of that id; None also while its mail waits in the outbox."""
        return self._ask(drafts.draft, number)

    def draft_of_message(self, message: int) -> Draft | None:
        """The draft whose copy in the Drafts folder is that message."""
        return self._ask(drafts.draft_of_message, message)

    def draft_file(self, number: int) -> bytes:
        """The bytes of a draft's attachment. Raises NotFound."""
        return self._ask(drafts.draft_file, number)

    def outbox(self) -> list[Outgoing]:
        """What is not finished, then what was sent or cancelled in the last week; newest first."""
        return self._ask(outbox.outbox, int(time.time()))

    def outgoing(self, number: int) -> Outgoing | None:
        """One mail of the outbox."""
        return self._ask(outbox.outgoing, number)

    def outgoing_raw(self, number: int) -> bytes:
        """The frozen bytes of a mail of the outbox. Raises NotFound."""
        return self._ask(outbox.outgoing_raw, number)

    def due(self, now: int) -> list[int]:
        """What may be sent at `now` (Unix seconds), the longest due first."""
        return self._ask(outbox.due, now)

    # Other processes, and the store itself

    def requests_open(self) -> list[Request]:
        """Requests of other processes that nobody has taken, oldest first."""
        return self._ask(requests.waiting)

    def request(self, number: int) -> Request | None:
        """One request, None when it has been cleared away."""
        return self._ask(requests.request, number)

    def data_version(self) -> int:
        """A number that differs from the last answer when another connection has written meanwhile."""
        return self._ask(lambda db: int(db.execute("PRAGMA data_version").fetchone()[0]))

    def check(self, bodies: int = 1_000) -> list[str]:
        """Sentences on what is wrong with the store, none when it is sound; reads the newest bodies."""
        return self._ask(checking.check, bodies)
