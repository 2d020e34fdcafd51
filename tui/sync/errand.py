"""What a child process is asked to fetch, and what it says of that: lines of JSON over two pipes."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

from tui.config import accounts
from tui.model import error as errors
from tui.model.account import Account
from tui.model.error import Busy, MailError
from tui.model.explain_rule import Retry
from tui.model.secret import Secret
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

_KINDS: dict[str, type[Progress] | type[Changed] | type[SignedIn]] = {
    kind.__name__: kind for kind in (Progress, Changed, SignedIn)
}
_ERRORS: dict[str, type[MailError]] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, MailError)
}


def errand_line(errand: Errand, secret: Secret) -> bytes:
    """An errand and what to sign in with, as one line."""
    asked = {
        "address": errand.account.address,
        "account": accounts.flatten(errand.account),
        "folders": errand.folders,
        "since": errand.since,
        "secret": secret.reveal(),
    }
    return json.dumps(asked).encode() + b"\n"


def errand_of(line: bytes) -> tuple[Errand, Secret]:
    """The errand and the secret of `errand_line`."""
    asked = json.loads(line)
    account = accounts.build(asked["address"], asked["account"])
    since = None
    if asked["since"] is not None:
        usual, others = asked["since"]
        since = Since(usual, tuple((folder, time) for folder, time in others))
    return Errand(account, tuple(asked["folders"]), since), Secret(asked["secret"])


def said_line(said: Said) -> bytes:
    """One thing that was said, as one line."""
    if not isinstance(said, Ended):
        return json.dumps({"said": type(said).__name__, **dataclasses.asdict(said)}).encode() + b"\n"
    told = {
        "counts": dataclasses.asdict(said.counts),
        "withheld": sorted(said.withheld),
        "suspected": sorted(said.suspected),
        "error": said.error and _error_fields(said.error),
    }
    return json.dumps(told).encode() + b"\n"


def said_of(line: bytes) -> Said:
    """What `said_line` made a line of. Raises ValueError for anything else."""
    told = json.loads(line)
    try:
        if kind := _KINDS.get(told.pop("said", "")):
            return kind(**told)
        error = told["error"] and _error_of(told["error"])
        suspected = frozenset(told["suspected"])
        return Ended(Counts(**told["counts"]), frozenset(told["withheld"]), suspected, error)
    except (KeyError, TypeError, AttributeError) as cause:
        raise ValueError("not said by this version") from cause


def _error_fields(error: MailError) -> dict[str, object]:
    return {
        "kind": type(error).__name__,
        "what": error.what,
        "hint": error.hint,
        "detail": error.detail,
        "retry": error.retry and error.retry.value,
        "wait": error.wait if isinstance(error, Busy) else 0.0,
    }


def _error_of(fields: dict[str, Any]) -> MailError:
    kind = _ERRORS.get(fields["kind"], MailError)
    made = kind(fields["what"], fields["hint"], detail=fields["detail"])
    if fields["retry"]:
        made.retry = Retry(fields["retry"])
    if isinstance(made, Busy):
        made.wait = float(fields["wait"])
    return made
