"""A repair on a disk that fails at every call: the damaged store stays, or the new one is there."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

if sys.platform == "win32":
    pytest.skip("the calls that are replaced are those of Unix", allow_module_level=True)

from tests.store.damage import IMAP, POP, Sample, described, sample
from tests.store.system_calls import BROKEN, FULL, READ_ONLY, Disk, for_ever, once, watched
from tui.model.account import Protocol
from tui.model.error import StoreBroken
from tui.store import swap
from tui.store.database import PAGE_OCTETS
from tui.store.rebuild import Rebuilt, examine, rebuild

pytestmark = pytest.mark.slow

_EVERY = 1 if "OUTLOOK_TUI_TEST_ALL" in os.environ else 17
_ACCOUNTS = [(IMAP, Protocol.IMAP), (POP, Protocol.POP3)]
_FAULTS: dict[str, Callable[[int], Callable[[int], int]]] = {
    "full": lambda number: for_ever(number, FULL),
    "broken": lambda number: once(number, BROKEN),
    "read-only": lambda number: for_ever(number, READ_ONLY),
}


@pytest.fixture(scope="module")
def disk() -> Iterator[Disk]:
    with watched() as found:
        yield found


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    return sample(tmp_path_factory.mktemp("used"), 24)


def damaged(used: Sample, folder: Path) -> Path:
    path = used.copy(folder / "store")
    with path.open("r+b") as file:
        file.seek(10 * PAGE_OCTETS)
        file.write(bytes(60 * PAGE_OCTETS))
    return path


def repaired(path: Path) -> Rebuilt | None:
    return rebuild(path, described, _ACCOUNTS)


@pytest.mark.parametrize("fault", _FAULTS)
def test_whichever_call_fails(disk: Disk, used: Sample, tmp_path: Path, fault: str) -> None:
    path = damaged(used, tmp_path)
    disk.reset()
    wanted = repaired(path)
    assert wanted is not None
    steps = disk.made
    for number in range(1, steps + 1, _EVERY):
        path = damaged(used, tmp_path)
        octets = path.read_bytes()
        disk.reset(_FAULTS[fault](number))
        try:
            ended = repaired(path) is not None
        except StoreBroken as error:
            assert error.exit_code == 74
            ended = False
        disk.reset()
        kept = swap.put_aside(path)[0] if ended else path
        assert kept.read_bytes() == octets, (fault, number)
        assert not list(path.parent.glob("*-rebuil*"))
        again = repaired(path)
        assert (again is None) == ended
        assert examine(path) == []
        if again is not None:
            assert again.found == wanted.found
