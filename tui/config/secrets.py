"""Passwords and tokens: in the system's keyring, and where that cannot be, in memory for this session.

Never in a file of ours. The keyring fails in many ways, one of them silent and one by waiting for ever, so
every use of it happens in a thread with a time limit, and what was written is read back and compared.
Nothing of a back end's error is kept but its type: its text may hold the secret.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import Enum
from typing import Generic, TypeVar

from tui.config.chunks import Backend, Damaged, Slot
from tui.config.command import from_command
from tui.model.command import Check
from tui.model.error import NotKept, SignInNeeded
from tui.model.secret import Secret

__all__ = ["Secrets", "from_command"]

_LIMIT = 30.0
_PROBE = ("probe@outlook-tui.invalid", "probe")
_ASKING = ("keyrings.alt", "keyrings.cryptfile")

T = TypeVar("T")


class Fault(Enum):
    """Why the keyring does not help: what to say, and what to do about it."""

    NONE = (
        "This computer has no password store that the program can use",
        "Install and unlock one (gnome-keyring, KWallet), or use a password command.",
    )
    LOCKED = (
        "The password store is locked",
        "Unlock it (log in to the desktop, or unlock the keyring) and try again, or use a password command.",
    )
    UNSAFE = (
        "The password store that is set up would lose the secret, keep it readable or ask on this terminal",
        "Choose another keyring back end (see keyring's keyringrc.cfg), or use a password command.",
    )
    REFUSED = (
        "The password store did not take or give back the secret",
        "Try again, look at the store with its own program, or use a password command.",
    )
    SLOW = (
        "The password store did not answer in time",
        "It may be waiting for its password in a window of its own; answer there and try again.",
    )
    DAMAGED = (
        "The secret in the password store is damaged",
        "Sign in again; it is then written anew.",
    )


class _Unusable(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault.name)
        self.fault = fault
        self.detail = detail


class Secrets:
    """The secrets of all accounts. Any thread may use it; `which` is "incoming" or "smtp".

    Each call may take up to `limit` seconds while the person answers the keyring's own question.
    """

    def __init__(self, limit: float = _LIMIT) -> None:
        self._limit = limit
        self._session: dict[tuple[str, str], Secret] = {}
        self._session_lock = threading.Lock()
        self._keyring_lock = threading.Lock()

    def get(self, address: str, which: str) -> Secret | None:
        """The secret, from this session's memory or the keyring; None when there is none.

        Raises SignInNeeded when the keyring cannot be asked.
        """
        if held := self._held(address, which):
            return held
        try:
            text = self._ask(lambda backend: Slot(backend, address, which).read())
        except _Unusable as unusable:
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
        except _Unusable as unusable:
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
        except _Unusable as unusable:
            if unusable.fault not in (Fault.NONE, Fault.UNSAFE):  # nothing of ours was ever put there
                what, hint = unusable.fault.value
                raise NotKept(
                    f"{what}; what is saved there was not deleted.", hint, detail=unusable.detail
                ) from None

    def probe(self) -> Check:
        """Whether the keyring can be used: a value of no meaning is written, read, compared and deleted."""
        try:
            name = self._ask(_try_out)
        except _Unusable as unusable:
            what, hint = unusable.fault.value
            detail = f"{what} ({unusable.detail})." if unusable.detail else f"{what}."
            return Check("keyring", False, detail, hint, exit_code=SignInNeeded.exit_code)
        return Check("keyring", True, f"{name}: written, read back and deleted.")

    def _held(self, address: str, which: str) -> Secret | None:
        with self._session_lock:
            return self._session.get((address, which))

    def _ask(self, use: Callable[[Backend], T]) -> T:
        """Do something with the keyring in a thread of its own, one at a time. Raises _Unusable."""
        call = _Call(lambda: use(_backend()), self._keyring_lock, self._limit)
        threading.Thread(target=call.run, name="keyring", daemon=True).start()
        return call.answer()


class _Call(Generic[T]):
    """One use of the keyring, with the time it may take; a late answer is thrown away."""

    def __init__(self, work: Callable[[], T], turn: threading.Lock, limit: float) -> None:
        self._work = work
        self._turn = turn
        self._limit = limit
        self._done = threading.Event()
        self._answer: list[T] = []
        self._fault = _Unusable(Fault.SLOW)

    def run(self) -> None:
        if not self._turn.acquire(timeout=self._limit):
            return
        try:
            self._answer.append(self._work())
        except _Unusable as unusable:
            # Without its traceback, whose frames hold the secret.
            self._fault = _Unusable(unusable.fault, unusable.detail)
        except Damaged:
            self._fault = _Unusable(Fault.DAMAGED)
        except Exception as cause:  # noqa: BLE001 - back ends raise whatever their library does
            self._fault = _Unusable(_fault_of(cause), type(cause).__name__)
        finally:
            self._turn.release()
            self._done.set()

    def answer(self) -> T:
        self._done.wait(self._limit)
        if self._answer:
            return self._answer[0]
        raise self._fault


def _backend() -> Backend:
    """The back end to use: the first good one of a chain, else the only one. Raises _Unusable."""
    import keyring
    from keyring.backends.chainer import ChainerBackend

    chosen = keyring.get_keyring()
    candidates = list(chosen.backends) if isinstance(chosen, ChainerBackend) else [chosen]
    faults = [_unfit(type(candidate)) for candidate in candidates]
    for candidate, fault in zip(candidates, faults, strict=True):
        if fault is None:
            return candidate
    raise _Unusable(faults[0] or Fault.NONE if faults else Fault.NONE, type(chosen).__name__)


def _unfit(kind: type) -> Fault | None:
    """Why a back end of this class, or of one derived from it, is not used; None when it is."""
    names = [f"{one.__module__}.{one.__qualname__}" for one in kind.__mro__]
    if any(name.startswith("keyring.backends.fail.") for name in names):
        return Fault.NONE
    if any(name.startswith(("keyring.backends.null.", *_ASKING)) or "Plaintext" in name for name in names):
        return Fault.UNSAFE
    return None


def _fault_of(cause: Exception) -> Fault:
    from keyring.errors import InitError, KeyringLocked, NoKeyringError

    if isinstance(cause, NoKeyringError):
        return Fault.NONE
    if isinstance(cause, (KeyringLocked, InitError)):
        return Fault.LOCKED
    if isinstance(cause, EOFError):  # it asked on a terminal that is not there
        return Fault.UNSAFE
    return Fault.REFUSED


def _try_out(backend: Backend) -> str:
    slot = Slot(backend, *_PROBE)
    slot.write("probe")
    slot.delete()
    return type(backend).__name__
