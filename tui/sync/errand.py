"""What a child process is asked to fetch, and what it says of that: plain values, pickled, over two pipes."""

from __future__ import annotations

from dataclasses import dataclass, field

from tui.model.account import Account
from tui.model.error import MailError
from tui.store.records import Since
from tui.sync.visit import Counts


@dataclass(frozen=True, slots=True)
class Errand:
    """Bring the folders of these ids up to date, then fetch the bodies of the whole account received since
    (None for none)."""

    account: Account
    folders: tuple[int, ...]
    since: Since | None


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The server took the sign-in."""


@dataclass(frozen=True, slots=True)
class Progress:
    """So many of so many messages are here, of a folder or ("") of all."""

    done: int
    total: int
    folder: str


@dataclass(frozen=True, slots=True)
class Changed:
    """The rows of a folder have changed."""

    folder: int


@dataclass(frozen=True, slots=True)
class Ended:
    """The errand is over. `withheld` messages were listed and not handed out; in the folders `suspected` is
    one that breaks the connection; `error` ended it before all was done."""

    counts: Counts = field(default_factory=Counts)
    withheld: frozenset[int] = frozenset()
    suspected: frozenset[int] = frozenset()
    error: MailError | None = None


Said = SignedIn | Progress | Changed | Ended
