"""Password stores that behave as real ones do, each in one of its ways."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import keyring
from keyring.backend import KeyringBackend
from keyring.backends import fail, null
from keyring.backends.chainer import ChainerBackend
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordDeleteError, PasswordSetError


class Memory(KeyringBackend):
    """A store that works, in memory. `longest` is the most characters of a value, as on Windows."""

    priority = 1

    def __init__(self, longest: int = 1_000_000) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.values: dict[tuple[str, str], str] = {}
        self.longest = longest
        self.writes = 0
        self.fail_at = 0

    def get_password(self, service: str, username: str) -> str | None:
        return self.values.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.writes += 1
        if self.writes == self.fail_at:
            raise OSError("the power went out")
        if len(password) > self.longest:
            raise RuntimeError((1783, "CredWrite", "The stub received bad data", password))
        self.values[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if (service, username) not in self.values:
            raise PasswordDeleteError("not found")
        del self.values[service, username]


@contextmanager
def keyring_of(store: Memory) -> Iterator[Memory]:
    """Have the program use this password store."""
    before = keyring.get_keyring()
    keyring.set_keyring(store)
    try:
        yield store
    finally:
        keyring.set_keyring(before)


class OneCredentialAService(Memory):
    """Windows' way: a service has one user, and a second one drives the first away."""

    def set_password(self, service: str, username: str, password: str) -> None:
        for known in [known for known in self.values if known[0] == service]:
            del self.values[known]
        super().set_password(service, username, password)


class Raising(Memory):
    """Every call raises the same error, whose text holds what it was given."""

    def __init__(self, error: type[Exception]) -> None:
        super().__init__()
        self.error = error

    def get_password(self, service: str, username: str) -> str | None:
        raise self.error(f"cannot read {service}")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error(f"cannot write {password}")


class WriteRefused(Memory):
    """Reads, and refuses to write."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise PasswordSetError(f"Can't store {password}")


class Forgetful(Memory):
    """Says yes and keeps nothing, without being keyring's own null back end."""

    def set_password(self, service: str, username: str, password: str) -> None:
        pass


class Mangling(Memory):
    """Gives back something else than it was given."""

    def get_password(self, service: str, username: str) -> str | None:
        value = super().get_password(service, username)
        return value and value.upper()


class Waiting(Memory):
    """Blocks, as a store does that asks its question in a window, until `answered` is set."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()

    def get_password(self, service: str, username: str) -> str | None:
        self.answered.wait(10)
        return super().get_password(service, username)


class Asking(Memory):
    """Belongs to a package whose back ends ask on the terminal."""


class OtherAsking(Memory):
    """Belongs to the other such package."""


class PlaintextKeyring(Memory):
    """Has the name of the back end that writes a readable file, in the package of those that ask."""


Asking.__module__ = PlaintextKeyring.__module__ = "keyrings.alt.file"
OtherAsking.__module__ = "keyrings.cryptfile.cryptfile"


class NullChild(null.Keyring):
    """Derived from the null back end."""


class Chain(ChainerBackend):
    """A chain of the given back ends, the first the best; keyring makes its own from all that it finds."""

    backends: Sequence[KeyringBackend] = ()

    def __init__(self, *chained: KeyringBackend) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.backends = chained


def no_store() -> KeyringBackend:
    """What keyring takes where there is nothing: every call raises NoKeyringError."""
    return fail.Keyring()  # type: ignore[no-untyped-call]


def prompting_chain() -> KeyringBackend:
    """What keyring takes where keyrings.alt and keyrings.cryptfile are installed."""
    return Chain(OtherAsking(), Asking(), PlaintextKeyring())


ERRORS: tuple[tuple[str, Callable[[], KeyringBackend], str], ...] = (
    ("no D-Bus", no_store, "This computer has no password store"),
    ("no store behind a chain", Chain, "This computer has no password store"),
    ("no store, told late", lambda: Raising(NoKeyringError), "This computer has no password store"),
    ("no login keyring", lambda: Raising(InitError), "no keyring that can be opened"),
    ("locked", lambda: Raising(KeyringLocked), "is locked"),
    ("null", null.Keyring, "say yes and lose the secret"),
    ("derived from null", NullChild, "say yes and lose the secret"),
    ("prompting", Asking, "ask for its password in the middle of this terminal"),
    ("prompting, of the other package", OtherAsking, "ask for its password in the middle of this terminal"),
    ("prompting chain", prompting_chain, "ask for its password in the middle of this terminal"),
    ("asked without a terminal", lambda: Raising(EOFError), "ask for its password in the middle"),
    ("plain text", PlaintextKeyring, "keep the secret readable in a file"),
    ("plain text in a chain", lambda: Chain(PlaintextKeyring()), "keep the secret readable in a file"),
    ("an error of its library", lambda: Raising(PermissionError), "did not take or give back"),
)
"""Each way a store cannot be used at all, with words of what is said; keyring's behaviour on a computer
without a desktop, row by row. The slow, the stale and the small store have tests of their own."""
