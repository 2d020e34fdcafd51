"""Stores with flipped, missing and foreign octets: what is whole is read, nothing wrong is handed out."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers.mailbox import messages
from tui.model.account import Protocol
from tui.model.error import MailError, StoreBroken
from tui.model.folder import Role
from tui.model.message import NewMessage, Scan
from tui.store.codec import DAMAGED, envelope_of
from tui.store.database import Database
from tui.store.reader import Reader
from tui.store.salvage import Salvage, readable
from tui.store.salvage_tables import BODIES
from tui.store.writer import Writer

ACCOUNT = "you@localhost.example"
COUNT = 300


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, list[bytes]]:
    """The octets of a sound store, and of the messages in it."""
    path = tmp_path_factory.mktemp("whole") / "mail.db"
    Database.open(path)
    raws = [sample.raw for sample in messages(COUNT)]
    with Writer(path) as writer:
        writer.account(ACCOUNT, Protocol.NONE)
        inbox = writer.local_folder(ACCOUNT, "INBOX", Role.INBOX)
        writer.downloaded(
            inbox,
            [
                NewMessage(
                    envelope=envelope_of("[]"), received=n, size=len(raw), fingerprint=n, uidl=str(n),
                    raw=raw, scan=Scan(0, "", "words"),
                )
                for n, raw in enumerate(raws, 1)
            ],
        )  # fmt: skip
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return path.read_bytes(), raws


def found_in(path: Path, raws: list[bytes]) -> int:
    """How many messages are read; each must be one of `raws`, and under its own id."""
    try:
        found = dict(readable(path))
    except StoreBroken:
        return 0
    assert all(raws[number - 1] == raw for number, raw in found.items())
    return len(found)


def test_a_sound_store_is_read_to_its_end(tmp_path: Path, whole: tuple[bytes, list[bytes]]) -> None:
    (tmp_path / "mail.db").write_bytes(whole[0])
    assert found_in(tmp_path / "mail.db", whole[1]) == COUNT


@pytest.mark.parametrize("seed", range(40))
def test_one_damaged_place_costs_few_messages(
    tmp_path: Path, whole: tuple[bytes, list[bytes]], seed: int
) -> None:
    chance = random.Random(seed)
    octets = bytearray(whole[0])
    at = chance.randrange(8192, len(octets))
    if seed % 2:
        octets[at] ^= 1 << chance.randrange(8)
    else:
        octets[at : at + 2000] = chance.randbytes(min(2000, len(octets) - at))
    path = tmp_path / "mail.db"
    path.write_bytes(octets)
    assert found_in(path, whole[1]) > COUNT * 0.8
    try:
        with Reader(path) as reader:
            for row in reader.rows(reader.ids(1)):
                raw = reader.raw(row.id)
                assert raw is None or raw == whole[1][row.id - 1]
    except MailError as error:
        assert isinstance(error, StoreBroken)


def test_a_store_without_its_end(tmp_path: Path, whole: tuple[bytes, list[bytes]]) -> None:
    path = tmp_path / "mail.db"
    path.write_bytes(whole[0][: len(whole[0]) * 2 // 3])
    assert 0 < found_in(path, whole[1]) < COUNT


def test_what_is_no_store_at_all(tmp_path: Path) -> None:
    (tmp_path / "mail.db").write_bytes(b"nothing of the kind" * 1000)
    with pytest.raises(StoreBroken):
        list(readable(tmp_path / "mail.db"))


@pytest.mark.parametrize("text", ["", "[", "[]", "7", '["a","b",3,4,5,"s",[],[],[],[],[]]'])
def test_a_damaged_header_says_so(text: str) -> None:
    assert envelope_of(text).subject == DAMAGED


def one_bit(data: bytes, place: int) -> bytes:
    octets = bytearray(data)
    octets[place // 8] ^= 1 << place % 8
    return bytes(octets)


@pytest.fixture
def salvage(tmp_path: Path, whole: tuple[bytes, list[bytes]]) -> Iterator[Salvage]:
    path = tmp_path / "mail.db"
    path.write_bytes(whole[0])
    with Salvage(path, tmp_path / "spare.db") as found:
        yield found


def test_a_message_with_one_wrong_bit_is_mended(salvage: Salvage, whole: tuple[bytes, list[bytes]]) -> None:
    row = salvage.one(BODIES, 3)
    assert row is not None
    for place in random.Random(3).sample(range(8 * len(row[2])), 12):
        assert salvage.whole((*row[:2], one_bit(row[2], place), row[3])) == whole[1][2]


def test_a_wrong_digest_costs_nothing(salvage: Salvage, whole: tuple[bytes, list[bytes]]) -> None:
    row = salvage.one(BODIES, 3)
    assert row is not None
    assert salvage.whole((*row[:3], one_bit(row[3], 77))) == whole[1][2]
    assert salvage.whole((*row[:3], bytes(32))) is None, "that of another message"


def test_mending_comes_to_an_end(salvage: Salvage) -> None:
    row = salvage.one(BODIES, 3)
    assert row is not None
    spoilt = (*row[:2], one_bit(one_bit(row[2], 90), 190), row[3])
    before = salvage._tries
    assert salvage.whole(spoilt) is None
    assert salvage._tries == before - 8 * len(row[2])
    salvage._tries = 8 * len(row[2]) - 1
    assert salvage.whole(spoilt) is None
    assert salvage._tries == 8 * len(row[2]) - 1, "too few are left to try them all"
