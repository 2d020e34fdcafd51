"""Passwords and tokens: in the system's keyring, and where that cannot be, in memory for this session.

Never in a file of ours. The keyring fails in many ways, one of them silent and one by waiting for ever, so
every use of it happens in a thread with a time limit, and what was written is read back and compared.
Nothing of a back end's error is kept but its type: its text may hold the secret.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

from tui.config.backends import NEVER_KEPT, Fault, Unusable, fault_of, name_of, usable
from tui.config.chunks import Backend, Damaged, Slot
from tui.config.command import from_command
from tui.model.command import Check
from tui.model.error import NotKept, SignInNeeded
from tui.model.secret import Secret

__all__ = ["Secrets", "from_command"]

_LIMIT = 30.0
_PATIENCE = 0.7
_PROBE = ("probe@outlook-tui.invalid", "probe")

T = TypeVar("T")


class Secrets:
    """The secrets of all accounts. Any thread may use it; `which` is "incoming", "smtp" or "oauth".

    Each call may take up to `limit` seconds while the person answers the keyring's own question. `waiting`
    is called with True once calls have waited longer than usual, and with False when that is over.
    """

    def __init__(self, limit: float = _LIMIT, waiting: Callable[[bool], None] | None = None) -> None:
        self.waiting = waiting
        self._limit = limit
        self._waits = 0
        self._waits_lock = threading.Lock()
        self._session: dict[tuple[str, str], Secret] = {}
        self._session_lock = threading.Lock()
        self._keyring_lock = threading.Lock()

    def get(self, address: str, which: str) -> Secret | None:
        """The secret, from this session's memory or the keyring; None when there is none.

        Raises SignInNeeded when the keyring cannot be asked.
        """
        if held := self.held(address, which):
            return held
        try:
            text = self._ask(lambda backend: Slot(backend, address, which).read())
        except Unusable as unusable:
            what, hint = unusable.fault.value
            raise SignInNeeded(f"{what}.", hint, detail=unusable.detail) from None
        return None if text is None else Secret(text)

    def set(self, address: str, which: str, secret: Secret) -> None:
        """Keep a secret in the keyring: written, read back, compared.

        Raises NotKept when that fails; the secret is then held for this session, and not lost.
        """
        self.remember(address, which, secret)
        try:
            self._ask(lambda backend: Slot(backend, address, which).write(secret.reveal()))
        except Unusable as unusable:
            what, hint = unusable.fault.value
            raise NotKept(
                f"{what}; it is kept for this session only.", hint, detail=unusable.detail
            ) from None
        with self._session_lock:
            if self._session.get((address, which)) is secret:
                del self._session[address, which]

    def remember(self, address: str, which: str, secret: Secret) -> None:
        """Hold a secret for this session only."""
        with self._session_lock:
            self._session[address, which] = secret

    def delete(self, address: str, which: str) -> None:
        """Forget a secret everywhere; one that is not there is no error.

        Raises NotKept when the keyring could not be asked and may still have it.
        """
        with self._session_lock:
            self._session.pop((address, which), None)
        try:
            self._ask(lambda backend: Slot(backend, address, which).delete())
        except Unusable as unusable:
            if unusable.fault not in NEVER_KEPT:
                what, hint = unusable.fault.value
                raise NotKept(
                    f"{what}; what is saved there was not deleted.", hint, detail=unusable.detail
                ) from None

    def probe(self) -> Check:
        """Whether the keyring can be used: a value of no meaning is written, read, compared and deleted."""
        try:
            name = self._ask(_try_out)
        except Unusable as unusable:
            what, hint = unusable.fault.value
            detail = f"{what} ({unusable.detail})." if unusable.detail else f"{what}."
            return Check("keyring", False, detail, hint, exit_code=SignInNeeded.exit_code)
        return Check("keyring", True, f"{name}: written, read back and deleted.")

    def held(self, address: str, which: str) -> Secret | None:
        """The secret that is held for this session, without asking the keyring."""
        with self._session_lock:
            return self._session.get((address, which))

    def _ask(self, use: Callable[[Backend], T]) -> T:
        """Do something with the keyring in a thread of its own, one at a time. Raises Unusable."""
        call = _Call(lambda: use(usable()), self._keyring_lock, self._limit)
        threading.Thread(target=call.run, name="keyring", daemon=True).start()
        patience = min(_PATIENCE, self._limit)
        if not call.done(patience):
            with self._telling():
                call.done(self._limit - patience)
        return call.answer()

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Say that the keyring is waited for, from the first call that waits to the end of the last."""
        self._tell(1)
        try:
            yield
        finally:
            self._tell(-1)

    def _tell(self, more: int) -> None:
        with self._waits_lock:
            before, self._waits = self._waits, self._waits + more
            if self.waiting and not (before and self._waits):
                self.waiting(self._waits > 0)


class _Call(Generic[T]):
    """One use of the keyring, with the time it may take; a late answer is thrown away."""

    def __init__(self, work: Callable[[], T], turn: threading.Lock, limit: float) -> None:
        self._work = work
        self._turn = turn
        self._limit = limit
        self._done = threading.Event()
        self._answer: list[T] = []
        self._fault = Unusable(Fault.SLOW)

    def run(self) -> None:
        if not self._turn.acquire(timeout=self._limit):
            return
        try:
            self._answer.append(self._work())
        except Unusable as unusable:
            # Without its traceback, whose frames hold the secret.
            self._fault = Unusable(unusable.fault, unusable.detail)
        except Damaged:
            self._fault = Unusable(Fault.DAMAGED)
        except Exception as cause:  # noqa: BLE001 - back ends raise whatever their library does
            self._fault = Unusable(fault_of(cause), name_of(cause))
        finally:
            self._turn.release()
            self._done.set()

    def done(self, within: float) -> bool:
        return self._done.wait(within)

    def answer(self) -> T:
        if self._answer:
            return self._answer[0]
        raise self._fault


def _try_out(backend: Backend) -> str:
    slot = Slot(backend, *_PROBE)
    slot.write("probe")
    slot.delete()
    return type(backend).__name__
