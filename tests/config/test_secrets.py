"""The border to the keyring: each way it fails is recognised, nothing is lost, nothing is shown."""

from __future__ import annotations

import logging
import threading
import time
import traceback
from collections.abc import Callable, Iterator

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from tests.config import stores
from tui.config.secrets import Secrets
from tui.model.error import NotKept, SignInNeeded
from tui.model.secret import Secret

ME = "me@example.org"
CANARY = "canary-7Qz!9-" + "x9Y" * 500


@pytest.fixture(autouse=True)
def _no_real_keyring() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture
def store() -> stores.Memory:
    memory = stores.Memory(longest=1280)
    keyring.set_keyring(memory)
    return memory


def test_kept_and_found_by_another_process(store: stores.Memory) -> None:
    Secrets().set(ME, "incoming", Secret(CANARY))
    Secrets().set(ME, "smtp", Secret("other"))

    assert Secrets().get(ME, "incoming") == Secret(CANARY)
    assert Secrets().get(ME, "smtp") == Secret("other")
    assert Secrets().get("you@example.org", "incoming") is None


def test_nothing_is_held_in_memory_that_the_keyring_has(store: stores.Memory) -> None:
    secrets = Secrets()
    secrets.set(ME, "incoming", Secret("one"))
    Secrets().set(ME, "incoming", Secret("two"))

    assert secrets.get(ME, "incoming") == Secret("two")


def test_deleted_everywhere(store: stores.Memory) -> None:
    secrets = Secrets()
    secrets.set(ME, "incoming", Secret(CANARY))
    secrets.remember(ME, "incoming", Secret("for now"))

    secrets.delete(ME, "incoming")
    secrets.delete(ME, "incoming")

    assert secrets.get(ME, "incoming") is None
    assert store.values == {}


def test_for_this_session_only(store: stores.Memory) -> None:
    secrets = Secrets()
    secrets.remember(ME, "incoming", Secret("for now"))

    assert secrets.get(ME, "incoming") == Secret("for now")
    assert store.values == {}


WAYS = pytest.mark.parametrize(
    ("make", "said"), [row[1:] for row in stores.ERRORS], ids=[row[0] for row in stores.ERRORS]
)


@WAYS
def test_a_store_that_cannot_be_used(
    make: Callable[[], KeyringBackend], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DBUS_SESSION_BUS_ADDRESS", raising=False)
    keyring.set_keyring(make())
    secrets = Secrets()

    with pytest.raises(SignInNeeded, match=said):
        secrets.get(ME, "incoming")
    with pytest.raises(NotKept, match=said) as raised:
        secrets.set(ME, "incoming", Secret(CANARY))
    assert "this session only" in raised.value.what
    assert raised.value.hint
    assert secrets.get(ME, "incoming") == Secret(CANARY)

    check = secrets.probe()
    assert (check.ok, check.exit_code) == (False, 77)
    assert said in check.detail and check.fix


@pytest.mark.parametrize(
    "make", [stores.WriteRefused, stores.Forgetful, stores.Mangling, lambda: stores.Memory(100)]
)
def test_a_store_that_does_not_keep(make: Callable[[], KeyringBackend]) -> None:
    keyring.set_keyring(make())
    secrets = Secrets()

    with pytest.raises(NotKept, match="did not take or give back"):
        secrets.set(ME, "incoming", Secret(CANARY))
    assert secrets.get(ME, "incoming") == Secret(CANARY)
    assert not secrets.probe().ok


def test_damage_asks_to_sign_in_again(store: stores.Memory) -> None:
    secrets = Secrets()
    secrets.set(ME, "incoming", Secret(CANARY))
    store.values[f"outlook-tui/{ME}/incoming/0", ME] = "{}"

    with pytest.raises(SignInNeeded, match="damaged"):
        secrets.get(ME, "incoming")
    secrets.set(ME, "incoming", Secret("new"))
    assert secrets.get(ME, "incoming") == Secret("new")


def test_a_failed_delete_is_said(store: stores.Memory) -> None:
    Secrets().set(ME, "incoming", Secret(CANARY))
    keyring.set_keyring(stores.Raising(KeyringLocked))

    with pytest.raises(NotKept, match="not deleted"):
        Secrets().delete(ME, "incoming")


@pytest.mark.parametrize("make", [stores.no_store, stores.NullChild])
def test_deleting_where_nothing_can_be_is_no_error(make: Callable[[], KeyringBackend]) -> None:
    keyring.set_keyring(make())
    secrets = Secrets()
    secrets.remember(ME, "incoming", Secret("for now"))

    secrets.delete(ME, "incoming")

    with pytest.raises(SignInNeeded):
        secrets.get(ME, "incoming")


def test_a_store_that_waits_is_left_alone_after_the_limit() -> None:
    waiting = stores.Waiting()
    keyring.set_keyring(waiting)
    secrets = Secrets(limit=0.1)
    began = time.monotonic()

    with pytest.raises(NotKept, match="did not answer in time"):
        secrets.set(ME, "incoming", Secret(CANARY))
    with pytest.raises(SignInNeeded, match="did not answer in time"):
        secrets.get("you@example.org", "incoming")
    assert secrets.get(ME, "incoming") == Secret(CANARY)
    assert not secrets.probe().ok
    assert time.monotonic() - began < 2

    waiting.answered.set()
    _wait_for_keyring_threads()
    assert Secrets().get(ME, "incoming") == Secret(CANARY), "the late answer was still worth something"


def _wait_for_keyring_threads() -> None:
    for thread in threading.enumerate():
        if thread.name == "keyring":
            thread.join(5)


def test_what_windows_takes_and_what_it_does_not(store: stores.Memory) -> None:
    with pytest.raises(RuntimeError, match="stub received bad data"):
        store.set_password("a service", ME, "x" * 1281)
    for length in (1, 999, 1000, 1280, 1281, 1600, 6472, 100_000):
        secret = Secret("é" * (length // 2) + "x" * (length - length // 2))
        Secrets().set(ME, "oauth", secret)
        assert Secrets().get(ME, "oauth") == secret
    Secrets().delete(ME, "oauth")
    assert store.values == {}


def test_waiting_is_told_once_and_its_end_too() -> None:
    waiting = stores.Waiting()
    keyring.set_keyring(waiting)
    told: list[bool] = []
    began_to_wait = threading.Event()

    def tell(now: bool) -> None:
        told.append(now)
        began_to_wait.set()

    secrets = Secrets(waiting=tell)
    threads = [threading.Thread(target=secrets.get, args=(ME, which)) for which in ("incoming", "smtp")]
    began = time.monotonic()
    for thread in threads:
        thread.start()
    assert began_to_wait.wait(5)
    assert 0.5 < time.monotonic() - began < 3
    time.sleep(0.1)
    assert told == [True]
    waiting.answered.set()
    for thread in threads:
        thread.join(5)
    assert told == [True, False]


def test_a_quick_store_is_not_told_of(store: stores.Memory) -> None:
    told: list[bool] = []

    Secrets(waiting=told.append).set(ME, "incoming", Secret("x"))

    assert told == []


def test_probe_leaves_nothing(store: stores.Memory) -> None:
    check = Secrets().probe()

    assert check.ok and "Memory" in check.detail
    assert store.values == {}


def test_many_threads_at_once(store: stores.Memory) -> None:
    secrets = Secrets()
    names = [f"user{number}@example.org" for number in range(12)]

    def work(name: str) -> None:
        for turn in range(5):
            secrets.set(name, "incoming", Secret(f"{name}{turn}" * 100))

    threads = [threading.Thread(target=work, args=(name,)) for name in names for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [secrets.get(name, "incoming") for name in names] == [Secret(f"{name}4" * 100) for name in names]


@pytest.mark.parametrize(
    "make", [*(row[1] for row in stores.ERRORS), stores.WriteRefused, lambda: stores.Memory(9)]
)
def test_the_secret_is_shown_nowhere(
    make: Callable[[], KeyringBackend], caplog: pytest.LogCaptureFixture
) -> None:
    keyring.set_keyring(make())
    secrets = Secrets()

    with caplog.at_level(logging.DEBUG), pytest.raises(NotKept) as raised:
        secrets.set(ME, "incoming", Secret(CANARY))

    error = raised.value
    shown = [
        *traceback.format_exception(error), repr(error), error.what, error.hint, error.detail, caplog.text,
        repr(secrets), repr(secrets.__dict__), str(secrets.get(ME, "incoming")), repr(secrets.probe()),
    ]  # fmt: skip
    assert not [text for text in shown if CANARY in text or CANARY[:13] in text]
