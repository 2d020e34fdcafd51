"""The latest status of every account, and the one way by which engine threads speak to listeners."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from tui.model.error import Busy, MailError, Offline, SignInNeeded, StoreBroken, Untrusted
from tui.model.event import AccountStatus, Event, Phase, StatusChanged

log = logging.getLogger(__name__)

PROGRESS_INTERVAL = 0.05

_PHASES: tuple[tuple[type[MailError], Phase], ...] = (
    (SignInNeeded, Phase.SIGN_IN),
    (Untrusted, Phase.UNTRUSTED),
    (Busy, Phase.BUSY),
    (Offline, Phase.OFFLINE),
    (StoreBroken, Phase.BROKEN),
)

Listener = Callable[[Event], None]


def phase_of(error: MailError) -> Phase:
    """The phase that an account is in after `error`; anything unnamed is waited out like being offline."""
    return next((phase for kind, phase in _PHASES if isinstance(error, kind)), Phase.OFFLINE)


class Board:
    """Statuses and listeners; every method may be called from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._statuses: dict[str, AccountStatus] = {}
        self._listeners: list[Listener] = []
        self._told: dict[str, float] = {}

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with each event, on engine threads. Answers the function that ends it."""
        with self._lock:
            self._listeners.append(listener)

        def unlisten() -> None:
            with self._lock:
                if listener in self._listeners:
                    self._listeners.remove(listener)

        return unlisten

    def tell(self, event: Event) -> None:
        """Hand an event to every listener; one that fails does not keep the others from hearing it."""
        with self._lock:
            listeners = tuple(self._listeners)
        for listener in listeners:
            try:
                listener(event)
            except RuntimeError as error:
                log.debug("a listener has gone: %s", error)

    def status(self, account: str) -> AccountStatus:
        """The newest status of an account; STARTING for one that was never heard of."""
        with self._lock:
            return self._statuses.get(account) or AccountStatus(account)

    def forget(self, account: str) -> None:
        """Drop the status of a removed account."""
        with self._lock:
            self._statuses.pop(account, None)

    def enter(self, account: str, phase: Phase, **fields: float | str | bool) -> None:
        """Begin a phase; the time it began is kept while the phase stays the same."""
        now = time.time()
        with self._lock:
            old = self._statuses.get(account) or AccountStatus(account)
            since = old.since if old.since and old.phase is phase else now
            new = _lasting(old, AccountStatus(account, phase, since=since))
            self._statuses[account] = replace(new, **fields)  # type: ignore[arg-type]
            self._told[account] = time.monotonic()
        self.tell(StatusChanged(account))

    def token(self, account: str, until: float) -> None:
        """An account's access token ends at that Unix time."""
        with self._lock:
            old = self._statuses.get(account) or AccountStatus(account)
            self._statuses[account] = replace(old, token_until=until)
        self.tell(StatusChanged(account))

    def noted(self, account: str, problems: Sequence[str], *, everywhere: bool) -> None:
        """What a fetch had to leave as it is; of some folders alone it takes nothing of that back."""
        with self._lock:
            old = self._statuses.get(account) or AccountStatus(account)
            kept = () if everywhere else old.problems
            new = tuple(dict.fromkeys((*kept, *problems)))
            if new == old.problems:
                return
            self._statuses[account] = replace(old, problems=new)
        self.tell(StatusChanged(account))

    def failed(self, account: str, error: MailError, until: float = 0.0) -> None:
        """Show why an account stands still, and when it tries again (Unix seconds, 0 for not by itself)."""
        self.enter(
            account,
            phase_of(error),
            until=until,
            what=error.what,
            hint=error.hint,
            detail=error.detail,
            pushed=False,
        )

    def progress(self, account: str, done: int, total: int, folder: str = "") -> None:
        """Count messages while fetching; listeners hear of it at most 20 times a second."""
        now = time.monotonic()
        with self._lock:
            old = self._statuses.get(account) or AccountStatus(account)
            since = old.since if old.phase is Phase.FETCHING else time.time()
            new = AccountStatus(account, Phase.FETCHING, done=done, total=total, folder=folder, since=since)
            self._statuses[account] = _lasting(old, new)
            if now - self._told.get(account, 0.0) < PROGRESS_INTERVAL:
                return
            self._told[account] = now
        self.tell(StatusChanged(account))


def _lasting(old: AccountStatus, new: AccountStatus) -> AccountStatus:
    """The new status with what stays true whatever the account is doing."""
    return replace(
        new,
        fetched=old.fetched,
        token_until=old.token_until,
        pushed=old.pushed,
        problems=old.problems,
    )
