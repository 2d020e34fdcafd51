"""Settings written while the disk fails or the process is killed: the file is the old one or the new one."""

from __future__ import annotations

import errno
import os
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tui.config.atomic import write
from tui.config.settings import load, save_account
from tui.model.account import Account, Protocol, Server
from tui.model.error import CannotCreate, MailError

OLD, NEW = "old = true\n" * 40, "new = true  # ü\n" * 400
_STEPS = ("open", "os.rename")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "config.toml"
    path.write_text(OLD, encoding="utf-8")
    path.chmod(0o600)
    return path


def leftovers(file: Path) -> list[Path]:
    return [one for one in file.parent.iterdir() if one != file]


def test_written_whole_and_private(file: Path) -> None:
    before = os.umask(0)
    try:
        write(file, NEW)
    finally:
        os.umask(before)
    assert file.read_text(encoding="utf-8") == NEW
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert leftovers(file) == []


def test_a_link_stays_one(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to(file)
    write(link, NEW)
    assert link.is_symlink()
    assert file.read_text(encoding="utf-8") == NEW


class Faults:
    """Lets one step of this process fail: the making of a file, a rename, or an fsync. Audit hooks cannot be
    taken out again, so one of them serves all tests."""

    def __init__(self) -> None:
        self.at, self.made = 0, 0

    def step(self) -> None:
        self.made += 1
        if self.at and self.made == self.at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def heard(self, event: str, arguments: tuple[object, ...]) -> None:
        if self.at >= 0 and event in _STEPS:
            self.step()

    @contextmanager
    def failing(self, at: int) -> Iterator[None]:
        """The step of that number fails (0: none)."""
        self.at, self.made = at, 0
        real = os.fsync

        def fsync(file: int) -> None:
            self.step()
            real(file)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(os, "fsync", fsync)
            try:
                yield
            finally:
                self.at = -1


@pytest.fixture(scope="module")
def faults() -> Faults:
    found = Faults()
    found.at = -1
    sys.addaudithook(found.heard)
    return found


def test_whichever_step_fails_it_is_the_old_file_or_the_new_one(file: Path, faults: Faults) -> None:
    with faults.failing(0):
        write(file, NEW)
    steps = faults.made
    assert steps >= 4, "made, forced to the disk, renamed, the folder forced to the disk"
    for at in range(1, steps + 1):
        file.write_text(OLD, encoding="utf-8")
        with pytest.raises(CannotCreate) as caught, faults.failing(at):
            write(file, NEW)
        assert caught.value.exit_code == 73
        assert caught.value.hint
        assert file.read_text(encoding="utf-8") in (OLD, NEW)
        assert leftovers(file) == [], f"step {at} of {steps}"


@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE")
@pytest.mark.parametrize("room", [0, 1, 700, 4_096, len(NEW.encode()) - 1])
def test_where_there_is_no_room_for_all_of_it(file: Path, room: int) -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        with pytest.raises(CannotCreate):
            write(file, NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert file.read_text(encoding="utf-8") == OLD
    assert leftovers(file) == []


_KILLED = """
import os, resource, signal, sys
from pathlib import Path
from tui.config import atomic
at, room, path = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
text = sys.stdin.read()
made = 0
def step():
    global made
    made += 1
    if made == at:
        os.kill(os.getpid(), signal.SIGKILL)
real = os.fsync
def fsync(file):
    step()
    real(file)
    step()
os.fsync = fsync
sys.addaudithook(lambda event, words: step() if event in ("open", "os.rename", "os.chmod") else None)
if room:
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
atomic.write(path, text)
made = -1_000_000
print("done")
"""


def killed(file: Path, at: int = 0, room: int = 0) -> tuple[int, bool]:
    """Write in a process that is killed at a step, or in the middle of the write that fills `room` octets.
    Answers the signal, and whether it came to its end."""
    done = subprocess.run(
        [sys.executable, "-c", _KILLED, str(at), str(room), str(file)],
        input=NEW, text=True, encoding="utf-8", stdout=subprocess.PIPE, check=False,
    )  # fmt: skip
    return -done.returncode, done.stdout == "done\n"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="kill -9")
def test_killed_at_each_step_it_is_the_old_file_or_the_new_one(file: Path) -> None:
    seen: set[str] = set()
    for at in range(1, 30):
        file.write_text(OLD, encoding="utf-8")
        number, ended = killed(file, at)
        text = file.read_text(encoding="utf-8")
        assert text in (OLD, NEW)
        seen.add(text)
        if ended:
            break
        assert number == signal.SIGKILL
        write(file, NEW)
        assert file.read_text(encoding="utf-8") == NEW
    else:
        pytest.fail("it never came to its end")
    assert seen == {OLD, NEW}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="RLIMIT_FSIZE")
@pytest.mark.parametrize("room", [1, 1_000, 5_000])
def test_killed_in_the_middle_of_the_write(file: Path, room: int) -> None:
    number, _ = killed(file, room=room)
    assert number == signal.SIGXFSZ
    assert file.read_text(encoding="utf-8") == OLD


def accounts(path: Path) -> list[str]:
    return [one.address for one in load(path).accounts]


def test_settings_are_as_before_or_as_after_whichever_step_fails(file: Path, faults: Faults) -> None:
    file.write_text("")
    smtp = Server("smtp.example.org", 465)
    first, second = (Account(f"{name}@example.org", incoming=Protocol.NONE, smtp=smtp) for name in "ab")
    save_account(file, first)
    text = file.read_text(encoding="utf-8")
    with faults.failing(0):
        save_account(file, second)
    for at in range(1, faults.made + 1):
        file.write_text(text, encoding="utf-8")
        if _fails(lambda: save_account(file, second), faults, at):
            assert accounts(file) in (["a@example.org"], ["a@example.org", "b@example.org"])
        else:
            assert accounts(file) == ["a@example.org", "b@example.org"]


def _fails(change: Callable[[], object], faults: Faults, at: int) -> bool:
    try:
        with faults.failing(at):
            change()
    except MailError:
        return True
    return False
