"""Which of the keyring's back ends is used, which are refused, and what each of their failures means."""

from __future__ import annotations

import os
import re
import socket
from enum import Enum

from tui.config.chunks import Backend, NotWritten

_ASKING = ("keyrings.alt.", "keyrings.cryptfile.")
_PATIENCE = 0.5


class Fault(Enum):
    """Why the keyring does not help: what to say, and what to do about it."""

    NONE = (
        "This computer has no password store that the program can use",
        "Install and unlock one (gnome-keyring, KWallet), or use a password command.",
    )
    NO_BUS = (
        "There is no password store here: the session bus that DBUS_SESSION_BUS_ADDRESS names is gone",
        "Start the program from the desktop's own session, or under dbus-run-session; or use a password "
        "command.",
    )
    UNMADE = (
        "The password store has no keyring that can be opened, and nobody answered its question for one",
        "Unlock or make the login keyring first (gnome-keyring-daemon --unlock), or use a password command.",
    )
    LOCKED = (
        "The password store is locked",
        "Unlock it (log in to the desktop, or unlock the keyring) and try again, or use a password command.",
    )
    DISABLED = (
        "The password store is switched off: it would say yes and lose the secret",
        "Choose a keyring back end (see keyring's keyringrc.cfg and PYTHON_KEYRING_BACKEND), or use a "
        "password command.",
    )
    READABLE = (
        "The password store that is set up would keep the secret readable in a file",
        "Choose another keyring back end (see keyring's keyringrc.cfg), or use a password command.",
    )
    ASKS = (
        "The password store that is set up would ask for its password in the middle of this terminal",
        "Choose another keyring back end (see keyring's keyringrc.cfg), or use a password command.",
    )
    UNKNOWN = (
        "The keyring back end that is set up cannot be loaded",
        "Correct PYTHON_KEYRING_BACKEND or keyring's keyringrc.cfg, or use a password command.",
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


NEVER_KEPT = frozenset({Fault.NONE, Fault.NO_BUS, Fault.DISABLED, Fault.READABLE, Fault.ASKS, Fault.UNKNOWN})
"""Where these stand, nothing of ours was ever put."""


class Unusable(Exception):  # noqa: N818 - never leaves this package
    """The keyring cannot be used. `detail` is the name of a type, never a text of a back end's."""

    def __init__(self, fault: Fault, detail: str = "") -> None:
        super().__init__(fault.name)
        self.fault = fault
        self.detail = detail


def usable() -> Backend:
    """The back end to use: the first good one of a chain, else the only one. Raises Unusable."""
    try:
        import keyring
        from keyring.backends.chainer import ChainerBackend

        chosen = keyring.get_keyring()
    except (ImportError, AttributeError, TypeError, ValueError) as cause:  # a back end named and not there
        raise Unusable(Fault.UNKNOWN, type(cause).__name__) from None
    candidates = list(chosen.backends) if isinstance(chosen, ChainerBackend) else [chosen]
    faults = [_unfit(type(candidate)) for candidate in candidates]
    for candidate, fault in zip(candidates, faults, strict=True):
        if fault is None:
            return candidate
    fault = next(filter(None, faults), Fault.NONE)
    raise Unusable(_without_store() if fault is Fault.NONE else fault, type(chosen).__name__)


def fault_of(cause: Exception) -> Fault:
    """What an error of a back end means. `EOFError`: it asked on a terminal that is not there."""
    from keyring.errors import InitError, KeyringLocked, NoKeyringError

    kinds: tuple[tuple[type[Exception], Fault], ...] = (
        (NoKeyringError, Fault.NONE),
        (KeyringLocked, Fault.LOCKED),
        (InitError, Fault.UNMADE),
        (EOFError, Fault.ASKS),
    )
    fault = next((fault for kind, fault in kinds if isinstance(cause, kind)), Fault.REFUSED)
    return _without_store() if fault is Fault.NONE else fault


def name_of(error: Exception) -> str:
    """What may be said of an error: the name of its type, and nothing for a secret that read back wrong."""
    return "" if isinstance(error, NotWritten) else type(error).__name__


def _unfit(kind: type) -> Fault | None:
    """Why a back end of this class, or of one derived from it, is not used; None when it is."""
    names = [f"{one.__module__}.{one.__qualname__}" for one in kind.__mro__]
    if any(name.startswith("keyring.backends.fail.") for name in names):
        return Fault.NONE
    if any(name.startswith("keyring.backends.null.") for name in names):
        return Fault.DISABLED
    if any("Plaintext" in name for name in names):
        return Fault.READABLE
    if any(name.startswith(_ASKING) for name in names):
        return Fault.ASKS
    return None


def _without_store() -> Fault:
    """NO_BUS where a session bus is named (D-Bus Specification, Server Addresses) that nobody listens on."""
    found = re.match(r"unix:(path|abstract)=([^,;]+)", os.environ.get("DBUS_SESSION_BUS_ADDRESS", ""))
    if found is None:
        return Fault.NONE
    kind, place = found.groups()
    with socket.socket(socket.AF_UNIX) as bus:
        bus.settimeout(_PATIENCE)
        try:
            bus.connect(place if kind == "path" else f"\0{place}")
        except (OSError, ValueError):
            return Fault.NO_BUS
    return Fault.NONE
