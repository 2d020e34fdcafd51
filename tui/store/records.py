"""What the store answers beside the model's own types. Lean tuples where there may be 100,000 of them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, Protocol

from tui.model.folder import Role
from tui.model.message import BodyState, Flag, NewMessage


class Placed(NamedTuple):
    """A row as a sync plan sees it; `uid` is 0 while it has no place. `received` is Unix seconds."""

    id: int
    uid: int
    flags: Flag
    agreed: Flag
    tags: frozenset[str]
    agreed_tags: frozenset[str]
    fingerprint: int
    body: BodyState
    received: int


class Missing(NamedTuple):
    """A message whose body is not here: its place, and its size in octets."""

    id: int
    folder: int
    uid: int
    size: int


class Since(NamedTuple):
    """Of which mail bodies are wanted: received since `usual` (Unix seconds, 0 for all, None for none), but
    in the folders of these ids since another time."""

    usual: int | None = 0
    folders: tuple[tuple[int, int | None], ...] = ()

    def of(self, folder: int) -> int | None:
        """The oldest time of which a folder's bodies are wanted, None for none."""
        return dict(self.folders).get(folder, self.usual)


class Unindexed(NamedTuple):
    """A message that waits for the search index; `raw` is None while only its header is here."""

    id: int
    whole: bool
    raw: bytes | None


class Agreement(Protocol):
    """A message's new flags and tags here, and the server's, which become the agreed ones."""

    @property
    def id(self) -> int:
        """The message."""

    @property
    def flags(self) -> Flag:
        """Its flags here from now on."""

    @property
    def tags(self) -> frozenset[str]:
        """Its tags here from now on."""

    @property
    def agreed(self) -> Flag:
        """The server's flags."""

    @property
    def agreed_tags(self) -> frozenset[str]:
        """The server's tags."""


class PendingKind(StrEnum):
    """What the server has still to be told; in the order in which it is told. New folders and new names of
    folders come first, as they were made."""

    CREATE = "create"
    RENAME = "rename"
    APPEND = "append"
    FLAGS = "flags"
    COPY = "copy"
    MOVE = "move"
    EXPUNGE = "expunge"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Pending:
    """A change made here that the server has not been told yet.

    `folder`, `wire`, `uid` and `uidvalidity` say where the message is on the server: for MOVE, COPY and
    EXPUNGE the place it was taken from. Where it shall be is the folder that `message` stands in now (MOVE,
    COPY, APPEND). `message` is None for EXPUNGE and changes of folders; for CREATE and RENAME `wire` is the
    name that the folder shall have, with `/` between its levels. `error` is why the last of `attempts` was
    refused.
    """

    id: int
    account: str
    kind: PendingKind
    message: int | None
    folder: int | None
    wire: str
    uid: int
    uidvalidity: int
    error: str
    attempts: int


@dataclass(frozen=True, slots=True)
class UidlRow:
    """A UIDL whose message has been downloaded, or found to be here already, at `downloaded` (Unix seconds).

    `message` is None when the person has removed it for good. `whole`: its bytes are all here. `deleted`:
    the person has removed it, for good or (whole) into the Deleted folder. `size` is what the server's LIST
    said, 0 where that was never noted; `left`: the server's last list lacked it.
    """

    message: int | None
    downloaded: int
    whole: bool
    deleted: bool
    fingerprint: int | None = None
    size: int = 0
    left: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """What another process asks the engine for, as JSON; `answer` is "" until it is there."""

    id: int
    command: str
    taken: bool
    answer: str = ""


class FlagState(NamedTuple):
    """A message's flags and tags here, and those that the server is thought to have.

    Where the two differ the server has to be told. What was changed here since the last push always differs,
    even when it was changed back meanwhile: what is pushed is what shall be, not what changed.
    """

    flags: Flag
    agreed: Flag
    tags: frozenset[str]
    agreed_tags: frozenset[str]


class SentCopyOf(Protocol):
    """A copy for the folder of that role in that account."""

    @property
    def account(self) -> str:
        """The account's address."""

    @property
    def role(self) -> Role:
        """Which folder."""

    @property
    def message(self) -> NewMessage:
        """The copy."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What a folder holds on this computer.

    Of `messages`, `on_server` are also on the server and `bodies` are here whole; `octets` are those of whole
    messages before compression, `with_files` those in messages with attachments, `missing` what the others
    would add. `oldest` is the receipt of the oldest whole message; `goes` is when the first message of
    the wastebasket goes for good (Unix seconds, 0 for none). `left` have been fetched by POP3 and are no
    more on the server; `held` vanished from it and wait for the person's word.
    """

    folder: int
    name: str
    role: Role
    local: bool
    messages: int
    on_server: int
    bodies: int
    octets: int
    with_files: int
    missing: int
    oldest: int
    left: int
    held: int
    goes: int


@dataclass(frozen=True, slots=True)
class Holdings:
    """What an account has on this disk.

    `waiting` changes are still to be told to the server, it has `refused` others; `outbox` counts mails that
    have not left, `drafts` those being written, `to_index` messages that a search may miss. The store at
    `path` is that of all accounts: its files take `store_octets`, and `free_octets` are left on that disk
    (None where the system does not say).
    """

    account: str
    folders: tuple[Holding, ...]
    waiting: int
    refused: int
    outbox: int
    drafts: int
    to_index: int
    path: Path
    store_octets: int
    free_octets: int | None
