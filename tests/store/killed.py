"""`kill -9` in the middle of every step that changes the disk: each method of the Writer, and a repair.

    python -m tests.store.killed [--every N] [NAME …]

A NAME is that of a method, or `repair`; none: all. A child process makes the change and is killed at its
n-th step: a call of SQLite's to the system (of a write, half of it is made), or a rename or removal of our
own. Then the store is opened again: it must be sound, and hold what was there before or what was there to be.
"""

from __future__ import annotations

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from tests.store import changes
from tests.store.changes import CHANGES, NOW, copied, held, make, unsound
from tests.store.damage import IMAP, POP, Sample, described, sample
from tests.store.system_calls import Disk, watched
from tui.model.account import Protocol
from tui.store import swap
from tui.store.database import PAGE_OCTETS
from tui.store.reader import Reader
from tui.store.rebuild import examine, rebuild

REPAIR = "repair"
_STEPS = frozenset({"os.rename", "os.remove", "os.mkdir", "shutil.copyfile"})
_ACCOUNTS = [(IMAP, Protocol.IMAP), (POP, Protocol.POP3)]


@dataclass(slots=True)
class Tally:
    """How often it was killed, what was found afterwards, and what was wrong."""

    kills: int = 0
    before: int = 0
    after: int = 0
    wrong: list[str] = field(default_factory=list)


def count_own_steps(disk: Disk) -> None:
    """Let renames and removals of this process count among the calls of `disk`; for its lifetime."""

    def heard(event: str, arguments: tuple[object, ...]) -> None:
        if event in _STEPS:
            disk.asked()
            if disk.dying():
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(heard)


def in_child(work: Callable[[], object]) -> int:
    """Carry it out in a process of its own; answers the signal that ended that, 0 where none did."""
    child = os.fork()
    if not child:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise RuntimeError("the change itself failed")
    return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def numbers(steps: int, every: int, name: str) -> Iterator[int]:
    """The steps at which to kill: all, or one of so many, another one in each run of `every`."""
    chance = random.Random(name)
    for first in range(1, steps + 1, every):
        yield chance.randint(first, min(first + every - 1, steps))


def methods(disk: Disk, folder: Path, names: Sequence[str], every: int) -> Iterator[tuple[str, Tally]]:
    """Kill each of these methods of the Writer."""
    start = folder / "start" / "mail.db"
    ground = changes.prepare(start)
    before = held(start)
    for name in names:
        tally = Tally()
        path = copied(start, folder / "copy" / "mail.db")
        disk.reset()
        make(path, name, ground)
        steps, after = disk.made, held(path)
        for number in numbers(steps, every, name):
            path = copied(start, folder / "copy" / "mail.db")
            disk.reset(dies=number)
            if in_child(partial(make, path, name, ground)):
                tally.kills += 1
            disk.reset()
            problems, now = unsound(path), held(path)
            tally.before += now == before
            tally.after += now == after != before
            if now == before:
                make(path, name, ground)
                now = held(path)
            if problems or now != after:
                tally.wrong.append(f"{name}, step {number}: {problems or 'neither as before nor as after'}")
        yield name, tally


def repairs(disk: Disk, folder: Path, every: int) -> Tally:
    """Kill a repair: the store is the damaged one or the new one, and the next repair comes to the same."""
    tally = Tally()
    used = sample(folder / "sample", 24)
    path = _damaged(used, folder)
    disk.reset()
    assert rebuild(path, described, _ACCOUNTS), "nothing was damaged"
    steps, wanted = disk.made, _mail(path)
    for number in numbers(steps, every, REPAIR):
        path = _damaged(used, folder)
        octets = path.read_bytes()
        disk.reset(dies=number)
        if in_child(partial(rebuild, path, described, _ACCOUNTS)):
            tally.kills += 1
        disk.reset()
        swap.finish(path)
        kept = [one for one in (path, *swap.put_aside(path)) if one.read_bytes() == octets]
        tally.before += path in kept
        tally.after += path not in kept
        rebuild(path, described, _ACCOUNTS)
        if not kept or _mail(path) != wanted or examine(path) or _scratch(path):
            tally.wrong.append(f"repair, step {number}: {kept}, {examine(path)}, {_scratch(path)}")
    return tally


def _damaged(used: Sample, folder: Path) -> Path:
    """A store of which some pages are zeros."""
    path = used.copy(folder / "damaged")
    with path.open("r+b") as file:
        file.seek(10 * PAGE_OCTETS)
        file.write(bytes(60 * PAGE_OCTETS))
    return path


def _mail(path: Path) -> Counter[tuple[str, str, bytes | None]]:
    """Every message with its folder and subject; None for bytes that are not here."""
    with Reader(path) as reader:
        rows = reader.rows(reader.ids(None))
        return Counter((row.folder, row.envelope.subject, reader.raw(row.id)) for row in rows)


def _scratch(path: Path) -> list[Path]:
    """What no repair may leave behind."""
    return [*path.parent.glob("*-rebuil*")]


def main(words: Sequence[str]) -> int:
    """Carry it all out and print what came of it; 1 where anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.store.killed")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("names", nargs="*")
    options = parser.parse_args(words)
    time.time = lambda: float(NOW)
    total = Tally()
    with tempfile.TemporaryDirectory() as folder, watched() as disk:
        count_own_steps(disk)
        chosen = options.names or [*CHANGES, REPAIR]
        for name, tally in methods(disk, Path(folder), [n for n in chosen if n != REPAIR], options.every):
            _add(total, name, tally)
        if REPAIR in chosen:
            _add(total, REPAIR, repairs(disk, Path(folder), options.every))
    print(f"{total.kills} kills: {total.before} as before, {total.after} as after, {len(total.wrong)} wrong")
    return bool(total.wrong)


def _add(total: Tally, name: str, tally: Tally) -> None:
    print(f"{name}: {tally.kills} kills, {tally.before} as before, {tally.after} as after", flush=True)
    for one in tally.wrong:
        print(f"WRONG {one}")
    total.kills += tally.kills
    total.before += tally.before
    total.after += tally.after
    total.wrong += tally.wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
