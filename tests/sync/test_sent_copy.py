"""The copy of what was sent: filed once, by who is to file it, under the id that answers name."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from tests.rig import Rig, account_on
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Fault, Proxy
from tests.servers.scripted import SMTP_GREETING, Scripted, rule, smtp
from tests.servers.smtp_sink import SmtpSink
from tests.sync.cuts import engine_for
from tests.sync.ledger import on_server
from tests.sync.letters_in import letter
from tui.model.account import Account, Login, Protocol, SecretSource, SentCopy, Server
from tui.model.command import QueueMessage, SendNow
from tui.model.draft import CopyState, SendState
from tui.model.folder import Role
from tui.store.reader import Reader
from tui.sync.sent_copy import wanted

ADDRESS = "you@localhost.example"
TO = ("billing@contoso.example",)
EXCHANGE, OTHER = Server("smtp.office365.com", 587), Server("mail.example.org", 465)
GMAIL = Server("smtp.gmail.com", 465)


@pytest.mark.parametrize(
    ("incoming", "server", "policy", "ours"),
    [
        (Protocol.IMAP, OTHER, SentCopy.AUTO, True),
        (Protocol.IMAP, EXCHANGE, SentCopy.AUTO, False),
        (Protocol.IMAP, GMAIL, SentCopy.AUTO, False),
        (Protocol.IMAP, EXCHANGE, SentCopy.ALWAYS, True),
        (Protocol.IMAP, OTHER, SentCopy.NEVER, False),
        (Protocol.POP3, EXCHANGE, SentCopy.AUTO, True),
        (Protocol.NONE, GMAIL, SentCopy.AUTO, True),
    ],
)
def test_who_files_the_copy(incoming: Protocol, server: Server, policy: SentCopy, ours: bool) -> None:
    assert wanted(Account(ADDRESS, incoming=incoming, smtp=server, sent_copy=policy)) is ours


def test_the_id_that_exchange_puts_in_place_of_ours_is_kept_and_answers_find_the_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tui.net.smtp._REPLACES_IDS", frozenset({"127.0.0.1"}))
    reply = b"250 2.0.0 OK <NEW-1@prod.outlook.com> [Hostname=X.prod.outlook.com]\r\n"
    with Scripted(SMTP_GREETING, smtp(rule(rb"^\.\r\n", reply))) as server:
        login = Login("you", source=SecretSource.SESSION)
        account = Account(ADDRESS, incoming=Protocol.NONE, smtp=server.server(), login=login)
        with engine_for(tmp_path, account) as rig:
            number = int(rig.ask(QueueMessage(ADDRESS, ADDRESS, TO, letter(1))))
            rig.ask(SendNow((number,)))
            with Reader(rig.paths.database) as reader:
                found = reader.outgoing(number)
            assert found and (found.state, found.server_id) == (SendState.SENT, "NEW-1@prod.outlook.com")
            (copy,) = rig.role(Role.SENT)
            assert copy.envelope.message_id == "NEW-1@prod.outlook.com"
            assert copy.envelope.references == ("letter-1@contoso.example",)
            assert rig.raw(copy.id) == b"Bcc: billing@contoso.example\r\n" + letter(1), "the bytes stay"


@pytest.mark.dovecot
@pytest.mark.slow
def test_the_copy_stands_on_the_server_once_whatever_is_cut(
    tmp_path: Path, dovecot: Dovecot, sink: SmtpSink
) -> None:
    survived = 0
    for heard in (False, True):
        for turn in count(1):
            user = f"copy-{heard:d}-{turn}"
            dovecot.folder(user, "Sent")
            if not _cut_at(tmp_path / user, dovecot, sink, user, Fault(turn=turn, heard=heard)):
                break
            survived += 1
    assert survived >= 10


def _cut_at(home: Path, dovecot: Dovecot, sink: SmtpSink, user: str, fault: Fault) -> int:
    """Send, and fetch with the line cut; answers how often it was."""
    raw = letter(1, subject=user)
    with Proxy(dovecot.imap) as proxy:
        account = account_on(dovecot, user, imap=proxy.server(), smtp=sink.server)
        with engine_for(home, account) as rig:
            rig.fetch()
        proxy.fault = fault
        with engine_for(home, account) as rig:
            to = ("you@localhost.example",)
            number = int(rig.ask(QueueMessage(account.address, account.address, to, raw)))
            rig.ask(SendNow((number,)))
            rig.fetch()
        proxy.fault, cuts = Fault(), proxy.cuts
        with engine_for(home, account) as rig:
            for _ in range(2):
                rig.fetch()
            assert rig.fetch().problems == ()
            _once(rig, number, raw)
    assert on_server(dovecot, user, "Sent") == {raw: 1}, fault
    assert [mail.raw for mail in sink.received].count(raw) == 1
    return cuts


def _once(rig: Rig, number: int, raw: bytes) -> None:
    (copy,) = rig.role(Role.SENT)
    assert rig.raw(copy.id) == raw and copy.on_server
    with Reader(rig.paths.database) as reader:
        found = reader.outgoing(number)
    assert found and (found.state, found.sent_copy) == (SendState.SENT, CopyState.DONE)
