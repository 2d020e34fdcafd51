"""Damaged stores: whatever is asked of them, the answer is right or the person is told; a repair keeps mail.

With OUTLOOK_TUI_TEST_ALL a thousand damages are tried instead of a few.
"""

from __future__ import annotations

import os
import random
from collections import Counter
from pathlib import Path

import pytest

from tests.store.damage import IMAP, POP, Sample, asked, changed, described, harm, sample
from tui.model.account import Protocol
from tui.model.draft import SendState
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
