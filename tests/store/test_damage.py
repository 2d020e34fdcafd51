"""Damaged stores: whatever is asked of them, the answer is right or the person is told; a repair keeps mail.

With OUTLOOK_TUI_TEST_ALL a thousand damages are tried instead of a few.
"""

from __future__ import annotations

import os
import random
import sqlite3
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import pytest

from tests.store.damage import IMAP, POP, Sample, asked, changed, described, harm, sample
from tui.model.account import Protocol
from tui.model.draft import SendState
from tui.model.error import StoreBroken
from tui.store.database import PAGE_OCTETS
from tui.store.reader import Reader
from tui.store.rebuild import examine, rebuild

_SEEDS = range(1_000 if "OUTLOOK_TUI_TEST_ALL" in os.environ else 24)
_ACCOUNTS = [(IMAP, Protocol.IMAP), (POP, Protocol.POP3)]
_LEAVING = {SendState.HELD, SendState.QUEUED, SendState.SENDING, SendState.DOT_SENT}


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample(tmp_path_factory.mktemp("used"), 60)


@pytest.mark.parametrize("seed", _SEEDS)
def test_no_wrong_answer_comes_of_a_damaged_store(tmp_path: Path, used: Sample, seed: int) -> None:
    path = used.copy(tmp_path / "store")
    harm(path, random.Random(seed))
    told = asked(path, used.raws)
    assert all("outlook-tui doctor" in hint or "Check the disk" in hint for hint in told)
    changed(path, used.raws)


@pytest.mark.parametrize("seed", _SEEDS)
def test_a_repair_keeps_what_can_be_read(tmp_path: Path, used: Sample, seed: int) -> None:
    path = used.copy(tmp_path / "store")
    what = harm(path, random.Random(seed))
    before = {one.name: one.read_bytes() for one in path.parent.iterdir() if not one.name.endswith("-shm")}
    done = rebuild(path, described, _ACCOUNTS)
    assert examine(path) == []
    if done is None:
        return
    kept = {one.name.replace("-damaged-" + _stamp(done.kept), ""): one.read_bytes() for one in done.kept}
    assert {name: kept[name] for name in before} == before, "the damaged files are as they were"
    wanted = Counter(used.raws.values())
    with Reader(path) as reader:
        found = Counter(raw for number in reader.ids(None) if (raw := reader.raw(number)) is not None)
        assert not {mail.state for mail in reader.outbox()} & _LEAVING
        assert reader.pending() == []
    assert not found - wanted, "nothing is here twice, and nothing that was not"
    lost = (wanted - found).total()
    named = len(done.found.lost) + done.found.missed
    assert lost <= named, f"{what}: {lost} lost, {named} told"
    if not what.startswith(("cut", "bits")):
        assert lost <= 8, what  # of one page


def _stamp(kept: tuple[Path, ...]) -> str:
    return kept[0].name.split("-damaged-")[1]


def children(octets: bytes, page: int) -> list[int]:
    """The pages below an inner page of a table, but for the last."""
    start = (page - 1) * PAGE_OCTETS
    cells = int.from_bytes(octets[start + 3 : start + 5], "big")
    places = [
        int.from_bytes(octets[at : at + 2], "big") for at in range(start + 12, start + 12 + 2 * cells, 2)
    ]
    return [int.from_bytes(octets[start + at : start + at + 4], "big") for at in places]


def test_bytes_are_never_taken_for_those_of_another_message(tmp_path: Path, used: Sample) -> None:
    """A bit of the number that a body is found by, in each leaf of their tree, makes it another's."""
    path = used.copy(tmp_path / "store")
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (root,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'body'").fetchone()
    octets = path.read_bytes()
    for page in children(octets, root):
        start = (page - 1) * PAGE_OCTETS
        cells = int.from_bytes(octets[start + 3 : start + 5], "big")
        for place in range(start + 8, start + 8 + 2 * cells, 2):
            at = start + int.from_bytes(octets[place : place + 2], "big")
            at += 2 if octets[at] & 0x80 else 1  # behind the length
            long = octets[at] & 0x80
            number = (octets[at] & 0x7F) << 7 | octets[at + 1] if long else octets[at]
            for bit in range(3):
                if (other := number ^ 1 << bit) in used.raws:
                    harmed = bytearray(octets)
                    harmed[at + bool(long)] ^= 1 << bit
                    path.write_bytes(harmed)
                    with Reader(path) as reader, suppress(StoreBroken):
                        assert reader.raw(other) in (None, used.raws[other])
