"""Secrets in pieces: whole at every moment, nothing left behind."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.config.stores import Forgetful, Mangling, Memory, OneCredentialAService
from tui.config.chunks import LONGEST, Damaged, NotWritten, Slot

LONG = "".join(chr(33 + number % 90) for number in range(7_900))


@given(st.text(max_size=4000))
def test_any_secret_comes_back(secret: str) -> None:
    slot = Slot(Memory(), "me@example.org", "incoming")

    slot.write(secret)

    assert slot.read() == secret


def test_a_token_fits_into_the_store_of_windows() -> None:
    store = OneCredentialAService(longest=1280)
    incoming, smtp = Slot(store, "me@example.org", "incoming"), Slot(store, "me@example.org", "smtp")
    other = Slot(store, "you@example.org", "incoming")

    for slot, secret in ((incoming, LONG), (smtp, "short"), (other, LONG[::-1])):
        slot.write(secret)

    assert (incoming.read(), smtp.read(), other.read()) == (LONG, "short", LONG[::-1])
    assert max(map(len, store.values.values())) <= LONGEST
    assert ("outlook-tui/me@example.org/incoming/0", "me@example.org") in store.values


def test_a_shorter_secret_leaves_nothing_of_the_longer_one() -> None:
    store = Memory()
    slot = Slot(store, "me@example.org", "incoming")

    for secret in (LONG, "b", LONG, "d"):
        slot.write(secret)

    assert slot.read() == "d"
    assert len(store.values) == 2


def test_deleting_leaves_nothing() -> None:
    store = Memory()
    slot = Slot(store, "me@example.org", "incoming")
    slot.write(LONG)

    slot.delete()
    slot.delete()

    assert (slot.read(), store.values) == (None, {})


@pytest.mark.parametrize("step", range(1, 10))
def test_a_break_while_writing_keeps_the_old_secret(step: int) -> None:
    store = Memory()
    slot = Slot(store, "me@example.org", "incoming")
    slot.write("old")
    store.fail_at = store.writes + step

    with pytest.raises(OSError, match="power"):
        slot.write(LONG)
    assert slot.read() == "old"

    slot.write("new")
    assert slot.read() == "new"
    slot.delete()
    assert store.values == {}


@pytest.mark.parametrize("store", [Forgetful(), Mangling()])
def test_a_store_that_does_not_keep_is_noticed(store: Memory) -> None:
    with pytest.raises(NotWritten):
        Slot(store, "me@example.org", "incoming").write("secret")


@pytest.mark.parametrize(
    "header",
    [
        "", "x", "3", "null", "{}", '{"generation": "a", "count": "x", "sha256": ""}',
        '{"generation": "a", "count": 1000000000, "sha256": ""}',
        '{"generation": "a", "count": 1, "sha256": "0"}',
    ],
)  # fmt: skip
def test_damage_is_said_and_can_be_written_over(header: str) -> None:
    store = Memory()
    slot = Slot(store, "me@example.org", "incoming")
    slot.write("one")
    store.values["outlook-tui/me@example.org/incoming/0", "me@example.org"] = header

    with pytest.raises(Damaged):
        slot.read()
    slot.write("two")
    assert slot.read() == "two"


def test_a_lost_or_changed_piece_is_damage() -> None:
    store = Memory()
    slot = Slot(store, "me@example.org", "incoming")
    slot.write(LONG)
    del store.values["outlook-tui/me@example.org/incoming/a3", "me@example.org"]

    with pytest.raises(Damaged):
        slot.read()


def test_a_reader_beside_a_writer_gets_the_new_one() -> None:
    class Overtaken(Memory):
        """Another process writes anew after our first read of the header."""

        def get_password(self, service: str, username: str) -> str | None:
            value = super().get_password(service, username)
            if service.endswith("/0") and value and self.fail_at == -1:
                self.fail_at = 0
                Slot(self, "me@example.org", "incoming").write("new")
            return value

    store = Overtaken()
    slot = Slot(store, "me@example.org", "incoming")
    slot.write("old")
    store.fail_at = -1

    assert slot.read() == "new"
