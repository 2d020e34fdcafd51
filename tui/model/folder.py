"""Folders as the person sees them and as a server names them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a folder is for (RFC 6154 special uses, and the inbox)."""

    NONE = ""
    INBOX = "inbox"
    DRAFTS = "drafts"
    SENT = "sent"
    ARCHIVE = "archive"
    JUNK = "junk"
    TRASH = "trash"
    ALL = "all"
    FLAGGED = "flagged"


@dataclass(frozen=True, slots=True)
class ServerFolder:
    """One mailbox of a server's LIST answer.

    `name` is Unicode with `/` between levels and `INBOX` for the inbox, whatever the server's own
    delimiter; `wire` is the name to say to the server (decoded from modified UTF-7, own delimiter).
    """

    name: str
    wire: str
    role: Role = Role.NONE
    selectable: bool = True


@dataclass(frozen=True, slots=True)
class Folder:
    """One folder of the store. `local` folders exist on this computer alone; `id` is the store's own."""

    id: int
    account: str
    name: str
    role: Role
    local: bool
    selectable: bool
    unread: int
    total: int
    wire: str = ""


@dataclass(frozen=True, slots=True)
class SyncMark:
    """How far a folder has been read from its server (RFC 3501 2.3.1.1, RFC 7162); zeros when never."""

    uidvalidity: int = 0
    uidnext: int = 0
    modseq: int = 0
