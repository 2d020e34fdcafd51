"""Servers that never end: lines, literals, untagged responses, messages, replies, or an octet at a time.

Each is met by a whole program in a process of its own, whose memory the system measures.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.rig import settings_of
from tests.servers import scripted
from tests.servers.scripted import (
    IMAP_GREETING,
    POP3_GREETING,
    SMTP_GREETING,
    Answer,
    Endless,
    Rule,
    Scripted,
    rule,
)
from tests.sync.letters_in import letter
from tui.config.paths import find
from tui.model.account import Account, Login, Protocol, SecretSource
from tui.store.database import Database
from tui.store.writer import Writer

pytestmark = pytest.mark.slow

MOST_MEGABYTES = 300
MOST_LAG = 1.0
"""Seconds; 0.1 where nothing else runs on the computer."""
LONGEST, SHORTEST = 40.0, 2.5
ADDRESS = "you@localhost.example"
LINE = Endless(b"x" * (1 << 16))
SLOWLY = Endless(b"x", pause=1.0)
BILLION = b"{1000000000}\r\n"
HUGE = b"{167000000}\r\n"
NUMBERED = 50_000

LISTED = b"".join(b'* LIST () "/" f%d\r\n' % number for number in range(20_000))
FLAGGED = b"".join(
    b"* %d FETCH (UID %d FLAGS (\\Seen k%d))\r\n" % (n, n, n % 999) for n in range(1, NUMBERED)
)

IMAP: dict[str, tuple[bytes, Answer]] = {
    "greeting: line": (b"", LINE),
    "greeting: octets": (b"", SLOWLY),
    "greeting: untagged": (b"", Endless(b"* 5 EXISTS\r\n" * 5_000)),
    "capability: line": (rb" CAPABILITY", (b"* CAPABILITY ", LINE)),
    "sign-in: untagged": (rb" AUTHENTICATE", Endless(b"* 5 EXISTS\r\n" * 5_000)),
    "sign-in: challenges": (rb"^[A-Za-z0-9+/=]*\r\n$", Endless(b"+ \r\n" * 5_000)),
    "sign-in: octets": (rb" AUTHENTICATE", SLOWLY),
    "list: literal": (rb' LIST "" "\*"', (b'* LIST () "/" ' + BILLION, LINE)),
    "list: literal that comes": (rb' LIST "" "\*"', (b'* LIST () "/" ' + HUGE, LINE)),
    "list: literals": (rb' LIST "" "\*"', Endless(b'* LIST () "/" {4}\r\nab/c\r\n' * 5_000)),
    "list: the same": (rb' LIST "" "\*"', Endless(b'* LIST () "/" f\r\n' * 5_000)),
    "list: others": (rb' LIST "" "\*"', Endless(LISTED)),
    "list: line": (rb' LIST "" "\*"', (b'* LIST () "/" "', LINE)),
    "select: untagged": (rb" (SELECT|EXAMINE) ", Endless(b"* OK [UIDVALIDITY 7] ok\r\n" * 5_000)),
    "select: flags": (rb" (SELECT|EXAMINE) ", (b"* FLAGS (", Endless(b"k " * 5_000))),
    "fetch: flags": (rb" UID FETCH ", Endless(FLAGGED)),
    "fetch: the same": (rb" UID FETCH ", Endless(b"* 1 FETCH (UID 1 FLAGS ())\r\n" * 5_000)),
    "fetch: literal": (rb" UID FETCH ", (b"* 1 FETCH (UID 1 BODY[] " + BILLION, LINE)),
    "fetch: literal that comes": (rb" UID FETCH ", (b"* 1 FETCH (UID 1 BODY[] " + HUGE, LINE)),
    "fetch: literals that come": (
        rb" UID FETCH ",
        (b"* 1 FETCH (UID 1 ", Endless(b"BODY[] {30000000}\r\n" + b"x" * 30_000_000 + b" ")),
    ),
    "fetch: empty literals": (rb" UID FETCH ", (b"* 1 FETCH (UID 1 ", Endless(b"X {0}\r\n " * 5_000))),
    "fetch: line": (rb" UID FETCH ", (b"* 1 FETCH (UID 1 ", LINE)),
    "fetch: brackets": (rb" UID FETCH ", (b"* 1 FETCH ", Endless(b"(" * (1 << 16)))),
    "fetch: octets": (rb" UID FETCH ", SLOWLY),
    "search: line": (rb" UID SEARCH ", (b"* SEARCH ", Endless(b"1 " * (1 << 15)))),
}
POP3: dict[str, tuple[bytes, Answer]] = {
    "greeting: line": (b"", LINE),
    "greeting: octets": (b"", SLOWLY),
    "capa: lines": (rb"^CAPA", (b"+OK\r\n", Endless(b"TOP\r\n" * 5_000))),
    "capa: line": (rb"^CAPA", (b"+OK\r\n", LINE)),
    "sign-in: line": (rb"^PASS", LINE),
    "sign-in: octets": (rb"^PASS", SLOWLY),
    "uidl: lines": (rb"^UIDL", (b"+OK\r\n", Endless(b"1 one\r\n" * 5_000))),
    "uidl: line": (rb"^UIDL", (b"+OK\r\n", LINE)),
    "list: lines": (rb"^LIST", (b"+OK\r\n", Endless(b"1 20\r\n" * 5_000))),
    "message": (rb"^RETR", (b"+OK\r\n", Endless(b"All work and no play.\r\n" * 5_000))),
    "message: line": (rb"^RETR", (b"+OK\r\n", LINE)),
    "message: octets": (rb"^RETR", (b"+OK\r\n", SLOWLY)),
}
SMTP: dict[str, tuple[bytes, Answer]] = {
    "greeting: line": (b"", LINE),
    "greeting: lines": (b"", Endless(b"220-hello\r\n" * 5_000)),
    "greeting: octets": (b"", SLOWLY),
    "EHLO: lines": (rb"^(?i:EHLO)", Endless(b"250-SIZE 1\r\n" * 5_000)),
    "EHLO: line": (rb"^(?i:EHLO)", (b"250-", LINE)),
    "sign-in: challenges": (rb"^([A-Za-z0-9+/=]{8,}\r\n|AUTH)", Endless(b"334 \r\n" * 5_000)),
    "MAIL: lines": (rb"^MAIL", Endless(b"250-ok\r\n" * 5_000)),
    "RCPT: line": (rb"^RCPT", LINE),
    "DATA: octets": (rb"^DATA", SLOWLY),
    "dot: lines": (rb"^\.\r\n", Endless(b"250-ok\r\n" * 5_000)),
    "dot: line": (rb"^\.\r\n", (b"250 ", LINE)),
    "dot: octets": (rb"^\.\r\n", SLOWLY),
}
KINDS: dict[str, tuple[dict[str, tuple[bytes, Answer]], bytes, Callable[..., list[Rule]]]] = {
    "imap": (IMAP, IMAP_GREETING, scripted.imap),
    "pop3": (POP3, POP3_GREETING, scripted.pop3),
    "smtp": (SMTP, SMTP_GREETING, scripted.smtp),
}
BOMBS = [(kind, name) for kind, (bombs, _, _) in KINDS.items() for name in bombs]


@pytest.mark.parametrize(("kind", "name"), BOMBS, ids=[f"{kind} {name}" for kind, name in BOMBS])
def test_a_server_that_never_ends_takes_little_memory_and_can_be_left(
    tmp_path: Path, kind: str, name: str
) -> None:
    bombs, greeting, rules = KINDS[kind]
    pattern, answer = bombs[name]
    spoken = rules(rule(pattern, answer)) if pattern else rules()
    endless = "octets" not in name
    with Scripted(greeting if pattern else answer, spoken) as server:
        told = _met(tmp_path, kind, server, LONGEST if endless else SHORTEST)
    assert told["megabytes"] <= MOST_MEGABYTES
    assert told["lag"] < MOST_LAG
    assert told["stop"] < 1.0
    assert told["close"] is not None and told["close"] < 2.0
    assert told["ended"] is endless, "an endless answer is given up by itself, a slow one by the person"


def _met(home: Path, kind: str, server: Scripted, within: float) -> dict[str, float]:
    paths = find(str(home))
    Database.open(paths.database)
    incoming = Protocol.NONE if kind == "smtp" else Protocol(kind)
    where, login = server.server(), Login("you", source=SecretSource.SESSION)
    account = Account(ADDRESS, incoming=incoming, imap=where, pop3=where, smtp=where, login=login)
    settings_of(paths, account)
    if kind == "smtp":
        with Writer(paths.database) as writer:
            writer.account(ADDRESS, incoming)
            to = ("billing@contoso.example",)
            writer.queue(ADDRESS, ADDRESS, to, letter(1), subject="Letter 1", message_id="letter-1@x", due=0)
    command = [sys.executable, "-m", "tests.sync.bombed", str(home), str(within)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=90, check=True)
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found
