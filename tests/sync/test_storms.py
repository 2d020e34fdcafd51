"""A server that fails, in whatever way, is left more and more time: it is not stormed with connections.

A minute passes in a second and a half here: the pauses are shortened, all by the same factor.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import pytest

from tests.rig import RigMaker, until
from tests.servers import scripted
from tests.servers.scripted import IMAP_GREETING, POP3_GREETING, Act, Answer, Rule, Scripted, rule
from tui.model.account import Account, Login, Protocol, SecretSource
from tui.model.command import SetFlags
from tui.model.event import Phase
from tui.model.message import Flag
from tui.sync import backoff, worker

FACTOR = 40.0
MINUTE = 60.0 / FACTOR
MOST = 9
"""1, 2, 4, 8, 16 and 32 seconds, each at least half of it, and what is connected twice for one reason."""


@dataclass(frozen=True)
class Failing:
    """How a server fails."""

    protocol: Protocol
    greeting: Answer
    rules: tuple[Rule, ...] = ()


def imap(*rules: Rule, greeting: Answer = IMAP_GREETING) -> Failing:
    return Failing(Protocol.IMAP, greeting, tuple(scripted.imap(*rules)))


def pop3(*rules: Rule, greeting: Answer = POP3_GREETING) -> Failing:
    return Failing(Protocol.POP3, greeting, tuple(scripted.pop3(*rules)))


THROTTLED = b"{tag} NO [THROTTLED] Suggested Backoff Time: 299961 milliseconds\r\n"
EMPTY = b"* 0 EXISTS\r\n* OK [UIDVALIDITY 7] ok\r\n* OK [UIDNEXT 3] ok\r\n{tag} OK [READ-WRITE] ok\r\n"
FAULTS = {
    "imap hangs up": imap(greeting=Act.CLOSE),
    "imap bye": imap(greeting=(b"* BYE too many\r\n", Act.CLOSE)),
    "imap no protocol": imap(greeting=b"SSH-2.0-x\r\n"),
    "imap no to the sign-in": imap(rule(rb"^[A-Za-z0-9+/=]*\r\n$", b"{tag} NO LOGIN failed.\r\n")),
    "imap cut at the sign-in": imap(rule(rb" AUTHENTICATE", Act.CLOSE)),
    "imap unavailable": imap(rule(rb"^[A-Za-z0-9+/=]*\r\n$", b"{tag} NO [UNAVAILABLE] later\r\n")),
    "imap throttled": imap(rule(rb' LIST "" "\*"', THROTTLED)),
    "imap not connected": imap(
        rule(rb" LIST ", (b"{tag} BAD User is authenticated but not connected.\r\n", Act.CLOSE))
    ),
    "imap cut at LIST": imap(rule(rb' LIST "" "\*"', Act.CLOSE)),
    "imap garbled SELECT": imap(rule(rb" (SELECT|EXAMINE) ", b"rubbish\r\n")),
    "imap cut at FETCH": imap(rule(rb" UID FETCH ", (b"* 1 FETCH (UID 1 FL", Act.CLOSE))),
    "imap goodbye while idle": imap(
        rule(rb" (SELECT|EXAMINE) ", EMPTY), rule(rb" IDLE", (b"+ idling\r\n* BYE 13\r\n", Act.CLOSE))
    ),
    "imap cut while idle": imap(rule(rb" (SELECT|EXAMINE) ", EMPTY), rule(rb" IDLE", Act.CLOSE)),
    "pop3 hangs up": pop3(greeting=Act.CLOSE),
    "pop3 refuses": pop3(greeting=(b"-ERR [SYS/TEMP] later\r\n", Act.CLOSE)),
    "pop3 wrong password": pop3(rule(rb"^PASS", b"-ERR Logon failure\r\n")),
    "pop3 in use": pop3(rule(rb"^PASS", b"-ERR [IN-USE] locked\r\n")),
    "pop3 cut at UIDL": pop3(rule(rb"^UIDL", Act.CLOSE)),
    "pop3 cut at RETR": pop3(rule(rb"^RETR", (b"+OK\r\nhalf", Act.CLOSE))),
    "pop3 no protocol": pop3(rule(rb"^LIST", b"rubbish\r\n")),
}


@pytest.mark.parametrize("failing", list(FAULTS.values()), ids=list(FAULTS))
def test_a_minute_of_failures_is_a_handful_of_connections(
    make_rig: RigMaker, monkeypatch: pytest.MonkeyPatch, failing: Failing
) -> None:
    for name in ("FIRST_DELAY", "LONGEST_DELAY", "THROTTLED_DELAY"):
        monkeypatch.setattr(backoff, name, getattr(backoff, name) / FACTOR)
    monkeypatch.setattr(worker, "SHORTEST_SESSION", worker.SHORTEST_SESSION / FACTOR)
    with Scripted(failing.greeting, failing.rules) as server:
        account = Account(
            "you@localhost.example",
            incoming=failing.protocol,
            imap=server.server(),
            pop3=server.server(),
            login=Login("you", source=SecretSource.SESSION),
        )
        rig = make_rig(account, watch=True)
        until(lambda: server.connections)
        ends = time.monotonic() + MINUTE
        while time.monotonic() < ends:
            rig.engine.post(SetFlags((1,), add=Flag.SEEN)).exception(5)  # what is done here hurries nothing
            time.sleep(0.05)
        made = server.connections
        status = rig.engine.status(account.address)
        rig.engine.close()
    assert 1 <= made <= MOST, f"{made} connections in a minute"
    assert status.phase is not Phase.STARTING
