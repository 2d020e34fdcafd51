"""One process talks to the servers."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tui.model.error import StoreBroken
from tui.store.lock import EngineLock

_HOLD = """
import sys, time
from pathlib import Path
from tui.store.lock import EngineLock
lock = EngineLock(Path(sys.argv[1]))
print(lock.acquire(), flush=True)
time.sleep(60)
"""


def test_one_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "engine.lock"
    first, second = EngineLock(path), EngineLock(path)
    assert first.acquire()
    assert first.held
    assert first.acquire(), "who holds it holds it"
    assert not second.acquire()
    first.release()
    first.release()
    assert second.acquire()
    second.release()
    assert path.stat().st_mode & 0o777 == 0o600


def test_as_a_context_manager(tmp_path: Path) -> None:
    path = tmp_path / "engine.lock"
    with EngineLock(path) as lock:
        assert lock.held
        assert not EngineLock(path).acquire()
    assert not lock.held


def test_a_killed_holder_frees_it_at_once(tmp_path: Path) -> None:
    path = tmp_path / "engine.lock"
    holder = subprocess.Popen([sys.executable, "-c", _HOLD, str(path)], stdout=subprocess.PIPE, text=True)
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "True\n"
        lock = EngineLock(path)
        assert not lock.acquire()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert lock.acquire()
        lock.release()


def test_a_place_where_no_file_can_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreBroken):
        EngineLock(tmp_path / "file" / "engine.lock").acquire()
