"""Interrupts fetches and sends in every way and as often as asked for, and says what became of the mail.

    python -m tests.sync.interrupt [--cuts 1000] [--kills 300] [--sends 500] [--rounds 200] [--seed 1] [RUN …]

Each run prints a line of figures when it is done, and ends the command with an error when a message was lost,
doubled or sent twice. `test_cuts.py`, `test_crash.py` and `test_steps.py` hold a short form of each.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.dovecot import MICROSOFT, PLAIN_IMAP, WITHOUT_MOVE, Dovecot
from tests.servers.smtp_sink import SmtpSink
from tests.sync import both_sides, cuts, kills, send_kills, steps
from tests.sync.ledger import Figures

EACH = 50


@dataclass(frozen=True, slots=True)
class Asked:
    """How often fetches are cut, processes are killed, sends are cut, and both sides are changed."""

    cuts: int
    kills: int
    sends: int
    rounds: int
    seed: int

    def chance(self, number: int = 0) -> random.Random:
        """The same for the same seed and number."""
        return random.Random(self.seed * 1_000 + number)

    def accounts(self, often: int, home: Path) -> Iterator[tuple[Path, int, random.Random]]:
        """A new account for every EACH interruptions, so that each counts few messages after each."""
        for number, first in enumerate(range(0, often, EACH)):
            yield home / str(number), min(EACH, often - first), self.chance(number)


Run = Callable[[Asked, Path], str]
Fetches = Callable[[Dovecot, Path, int, random.Random], Figures]
Sends = Callable[[SmtpSink, Path, int, random.Random], tuple[int, int]]


@contextmanager
def _server(capability: str = "") -> Iterator[Dovecot]:
    dovecot = Dovecot(capability=capability)
    try:
        dovecot.start()
        yield dovecot
    finally:
        dovecot.remove()


def _fetches(fetches: Fetches, often: Callable[[Asked], int], word: str, capability: str = "") -> Run:
    def run(asked: Asked, home: Path) -> str:
        with _server(capability) as dovecot:
            figures = (fetches(dovecot, *one) for one in asked.accounts(often(asked), home))
            return f"{often(asked)} {word}, {sum(figures, Figures())}"

    return run


def _cuts(fetches: Fetches, capability: str = "") -> Run:
    return _fetches(fetches, lambda asked: asked.cuts, "cuts", capability)


def _kills(fetches: Fetches, capability: str = "") -> Run:
    return _fetches(fetches, lambda asked: asked.kills, "kills", capability)


def _rounds(fetches: Fetches, capability: str = "") -> Run:
    return _fetches(fetches, lambda asked: asked.rounds, "rounds", capability)


def _sends(sends: Sends, often: Callable[[Asked], int], word: str) -> Run:
    def run(asked: Asked, home: Path) -> str:
        sink = SmtpSink()
        sink.start()
        try:
            sent, unsure = sends(sink, home, often(asked), asked.chance())
        finally:
            sink.stop()
        return f"{often(asked)} {word}, {sent} sent, {unsure} unsure, 0 lost, 0 sent twice"

    return run


def _steps(scenario: Callable[[Dovecot], steps.Scenario], capability: str = "") -> Run:
    def run(asked: Asked, home: Path) -> str:
        with _server(capability) as dovecot:
            survived = steps.each_step(scenario(dovecot), home)
        return f"{survived} steps, each with the same end"

    return run


def _moments(scenario: Callable[[Dovecot], steps.Scenario], capability: str = "") -> Run:
    def run(asked: Asked, home: Path) -> str:
        with _server(capability) as dovecot:
            survived = steps.each_moment(scenario(dovecot), home)
        return f"killed at {survived} moments, each with the same end"

    return run


def _send_steps(asked: Asked, home: Path) -> str:
    sink = SmtpSink()
    sink.start()
    try:
        return f"{steps.each_step(steps.smtp(sink), home)} steps, 0 lost, 0 sent twice"
    finally:
        sink.stop()


def _send_moments(_asked: Asked, home: Path) -> str:
    sink = SmtpSink()
    sink.start()
    try:
        moments, sent, unsure = send_kills.each_moment(sink, home)
    finally:
        sink.stop()
    return f"killed at {moments} moments, {sent} sent, {unsure} unsure, 0 lost, 0 sent twice"


RUNS: dict[str, Run] = {
    "pop3-steps": _steps(steps.pop3),
    "imap-steps": _steps(steps.imap),
    "imap-steps-without-move": _steps(steps.imap, WITHOUT_MOVE),
    "imap-steps-plain": _steps(steps.imap, PLAIN_IMAP),
    "imap-steps-microsoft": _steps(steps.imap, MICROSOFT),
    "pop3-moments": _moments(steps.pop3),
    "imap-moments": _moments(steps.imap),
    "imap-moments-without-move": _moments(steps.imap, WITHOUT_MOVE),
    "imap-moments-plain": _moments(steps.imap, PLAIN_IMAP),
    "imap-moments-microsoft": _moments(steps.imap, MICROSOFT),
    "smtp-steps": _send_steps,
    "pop3-cuts": _cuts(cuts.pop3),
    "imap-both-sides": _rounds(both_sides.agree),
    "imap-both-sides-without-move": _rounds(both_sides.agree, WITHOUT_MOVE),
    "imap-both-sides-plain": _rounds(both_sides.agree, PLAIN_IMAP),
    "imap-both-sides-microsoft": _rounds(both_sides.agree, MICROSOFT),
    "imap-cuts": _cuts(cuts.imap),
    "imap-cuts-without-move": _cuts(cuts.imap, WITHOUT_MOVE),
    "imap-cuts-plain": _cuts(cuts.imap, PLAIN_IMAP),
    "imap-cuts-microsoft": _cuts(cuts.imap, MICROSOFT),
    "smtp-cuts": _sends(cuts.smtp, lambda asked: asked.sends, "cuts"),
    "pop3-kills": _kills(kills.pop3),
    "imap-kills": _kills(kills.imap),
    "imap-kills-without-move": _kills(kills.imap, WITHOUT_MOVE),
    "imap-kills-plain": _kills(kills.imap, PLAIN_IMAP),
    "imap-kills-microsoft": _kills(kills.imap, MICROSOFT),
    "switch-kills": _kills(kills.switch),
    "smtp-kills": _sends(send_kills.anywhere, lambda asked: asked.kills, "kills"),
    "smtp-moments": _send_moments,
}


def main() -> int:
    """Run what was asked for, and say how it went; 1 when anything went wrong."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.sync.interrupt", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--cuts", type=int, default=1_000)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--sends", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("run", nargs="*", choices=[*RUNS, []])
    words = parser.parse_args()
    asked = Asked(words.cuts, words.kills, words.sends, words.rounds, words.seed)
    failed = 0
    for name in words.run or RUNS:
        began = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="outlook-tui-interrupt-") as home:
            try:
                said = RUNS[name](asked, Path(home))
            except AssertionError as error:
                failed = 1
                said = f"WRONG: {error}"
        print(f"{name}: {said}, {time.monotonic() - began:.0f} s", flush=True)
    return failed


if __name__ == "__main__":
    sys.exit(main())
