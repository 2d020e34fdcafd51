"""`kill -9` of a process that sends, where it hurts: at each commit, at each word said to the server, at any
octet around the end of the mail, between the server's answer and its being heard, and at random moments.

Afterwards each mail has left at most once, is said to be sent only where it was, and is in Sent once.
"""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import Counter
from itertools import count
from pathlib import Path

from tests.rig import Rig, settings_of, until
from tests.servers.proxy import Fault, Proxy
from tests.servers.smtp_sink import SmtpSink
from tests.sync.cuts import checked, engine_for
from tests.sync.letters_in import letter
from tui.config.paths import find
from tui.model.account import Account, Login, Protocol, SecretSource
from tui.model.command import QueueMessage, RetrySend, SendNow
from tui.model.draft import SendState
from tui.model.folder import Role
from tui.store.database import Database
from tui.store.reader import Reader

ADDRESS = "you@localhost.example"
TO = (ADDRESS,)
LONGEST = 0.15
STARTED = 20.0
LINES = "All work and no play makes a dull mail.\n"
ENVELOPE = 160
"""About how many octets are said before the mail itself."""
TURNS = 8
"""How often a client speaks when all goes well: EHLO, MAIL, RCPT, DATA, the mail, QUIT; and more."""
MOMENTS = 18


class Sends:
    """Mails of one account, each sent by a process that is killed; the person never retries an unsure one."""

    def __init__(self, sink: SmtpSink, home: Path) -> None:
        self._sink = sink
        self._home = home
        self._numbers: dict[int, bytes] = {}
        self.proxy = Proxy(sink.port)
        login = Login("", source=SecretSource.SESSION)
        self._account = Account(ADDRESS, incoming=Protocol.NONE, smtp=self.proxy.server(), login=login)
        paths = find(str(home))
        Database.open(paths.database)
        settings_of(paths, self._account)

    def queue(self, lines: int) -> int:
        """Put a new mail into the outbox; answers how many octets it has."""
        number = len(self._numbers)
        raw = letter(number, subject=f"{self._home.name} {number}", body=LINES * lines)
        with engine_for(self._home, self._account, offline=True) as rig:
            self._numbers[int(rig.ask(QueueMessage(ADDRESS, ADDRESS, TO, raw)))] = raw
        return len(raw)

    def killed(self, fault: Fault, *, after: float | None = None, moment: int = 0) -> bool:
        """Send what is due; kill the process when the fault has come about, so many seconds after its start,
        or have it kill itself at a moment of its work. True when it got to its end before."""
        self.proxy.fault = fault
        before = self.proxy.cuts
        command = [sys.executable, "-m", "tests.sync.sending", str(self._home), str(moment)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
            assert process.stdout
            assert process.stdout.readline() == b"started\n"
            ends = time.monotonic() + (STARTED if after is None else after)
            while process.poll() is None and self.proxy.cuts == before and time.monotonic() < ends:
                time.sleep(0.0005)
            process.kill()
            return process.wait() == 0

    def look(self, *, finished: bool = False) -> tuple[int, int]:
        """Begin the program again; `finished`: and send what is known not to have left. Answers how many are
        sent and how many unsure."""
        self.proxy.fault = Fault()
        with engine_for(self._home, self._account, offline=not finished) as rig:
            until(lambda: not _in_state(rig, SendState.SENDING, SendState.DOT_SENT))
            for one in _in_state(rig, SendState.QUEUED, SendState.FAILED) if finished else ():
                rig.ask(RetrySend(one))
                rig.ask(SendNow((one,)))
            self._check_copies(rig)
            return checked(rig, self._sink, self._numbers, finished=finished)

    def _check_copies(self, rig: Rig) -> None:
        """In Sent stands each mail that was sent, once, and nothing else."""
        with Reader(rig.paths.database) as reader:
            assert reader.check() == []
            sent = [
                self._numbers[number]
                for number in self._numbers
                if (one := reader.outgoing(number)) and one.state is SendState.SENT
            ]
        copies = Counter(rig.raw(row.id) for row in rig.role(Role.SENT))
        assert copies == Counter(sent), f"{sum(copies.values())} copies of {len(sent)} mails"


def _in_state(rig: Rig, *states: SendState) -> list[int]:
    with Reader(rig.paths.database) as reader:
        return [one.id for one in reader.outbox() if one.state in states]


def anywhere(sink: SmtpSink, home: Path, often: int, chance: random.Random) -> tuple[int, int]:
    """`often` sends, each killed somewhere. Answers how many were sent, and how many are unsure."""
    sends = Sends(sink, home)
    with sends.proxy:
        for turn in range(often):
            size = sends.queue(chance.choice((1, 100, 2_500)))
            end = ENVELOPE + size
            match turn % 5:
                case 0:
                    sends.killed(Fault(), after=chance.random() * LONGEST)
                case 1:
                    sends.killed(Fault(up=chance.randint(end - 60, end + 20), stall=True))
                case 2:
                    sends.killed(Fault(turn=5, heard=True, stall=True))  # the reply to the final dot
                case 3:
                    turns = chance.randint(1, TURNS)
                    sends.killed(Fault(turn=turns, heard=chance.random() < 0.5, stall=True))
                case _:
                    sends.killed(Fault(), moment=chance.randint(1, MOMENTS))
            sends.look()
        return sends.look(finished=True)


def each_moment(sink: SmtpSink, home: Path) -> tuple[int, int, int]:
    """A send killed before and after each of its commits and each of its words to the server, in turn.
    Answers at how many moments, and how many were sent and are unsure."""
    sends = Sends(sink, home)
    with sends.proxy:
        for moment in count(1):
            sends.queue(100)
            if sends.killed(Fault(), moment=moment):
                break
            sends.look(finished=True)
        return (moment - 1, *sends.look())
