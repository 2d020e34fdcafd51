"""What the engine tells whoever listens. Events carry ids, not data: the listener reads the store again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from tui.model.command import Check
from tui.model.sign_in import SignInStep


class Phase(StrEnum):
    """What an account is doing, in one word."""

    STARTING = "starting"
    CONNECTING = "connecting"
    FETCHING = "fetching"
    UP_TO_DATE = "up-to-date"
    OFFLINE = "offline"
    BUSY = "busy"
    SIGN_IN = "sign-in"
    UNTRUSTED = "untrusted"
    BROKEN = "broken"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class AccountStatus:
    """The state of one account. `done` of `total` count messages while fetching; `until` is the Unix time
    of the next try; `since` when this phase began; `what`, `hint` and `detail` are those of a MailError.
    `fetched` is the Unix time of the last fetch that went well, `token_until` when the access token ends
    (0 for neither); `pushed` says that the server tells of new mail by itself (IDLE). `problems` says in
    sentences what the last fetch had to leave as it is."""

    account: str
    phase: Phase = Phase.STARTING
    done: int = 0
    total: int = 0
    folder: str = ""
    since: float = 0.0
    until: float = 0.0
    what: str = ""
    hint: str = ""
    detail: str = ""
    fetched: float = 0.0
    token_until: float = 0.0
    pushed: bool = False
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatusChanged:
    """An account's AccountStatus is new; `Engine.status` has it."""

    account: str


@dataclass(frozen=True, slots=True)
class FoldersChanged:
    """Folders or their counts have changed."""

    account: str


@dataclass(frozen=True, slots=True)
class MessagesChanged:
    """Rows of a folder came, went or changed."""

    account: str
    folder: int


@dataclass(frozen=True, slots=True)
class NewMail:
    """Unread mail has arrived in an inbox after the first complete fetch."""

    account: str
    folder: int
    count: int


@dataclass(frozen=True, slots=True)
class BodyArrived:
    """A message that had only its header is whole now."""

    message: int


@dataclass(frozen=True, slots=True)
class OutboxChanged:
    """A mail of the outbox changed its state."""

    id: int


@dataclass(frozen=True, slots=True)
class AccountsChanged:
    """An account was added, changed or removed."""


@dataclass(frozen=True, slots=True)
class Checked:
    """A step of a running TestAccount is done."""

    account: str
    check: Check


@dataclass(frozen=True, slots=True)
class SigningIn:
    """A running sign-in needs the person: see `SignInStep`."""

    account: str
    step: SignInStep


@dataclass(frozen=True, slots=True)
class KeyringWaits:
    """The keyring has not answered yet (it may be asking for its own password), or it has now."""

    waiting: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """So many messages vanished from a server's folder that a person should decide (see ConfirmGone)."""

    account: str
    folder: int
    count: int


@dataclass(frozen=True, slots=True)
class Problem:
    """Something went wrong that has no other place to be shown; account "" concerns the whole program."""

    account: str
    what: str
    hint: str = ""
    detail: str = ""


Event = (
    StatusChanged
    | FoldersChanged
    | MessagesChanged
    | NewMail
    | BodyArrived
    | OutboxChanged
    | AccountsChanged
    | Checked
    | SigningIn
    | KeyringWaits
    | Asked
    | Problem
)
