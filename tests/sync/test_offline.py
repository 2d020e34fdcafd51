"""Offline by the person's wish: every connection is given up, none is made, and all goes on afterwards."""

from __future__ import annotations

import time

import pytest

from tests.rig import Rig, RigMaker, account_on, until
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Proxy
from tests.servers.smtp_sink import SmtpSink
from tests.sync.letters_in import letter
from tui.model.command import Fetch, GoOffline, QueueMessage, SetFlags
from tui.model.draft import SendState
from tui.model.event import Phase
from tui.model.message import Flag
from tui.store.reader import Reader

pytestmark = pytest.mark.dovecot


def phase(rig: Rig) -> Phase:
    return rig.engine.status(rig.account.address).phase


def test_connections_are_given_up_and_made_again(
    make_rig: RigMaker, dovecot: Dovecot, sink: SmtpSink, user: str
) -> None:
    dovecot.deliver(user, letter(1))
    with Proxy(dovecot.imap) as proxy, Proxy(sink.port) as outgoing:
        rig = make_rig(account_on(dovecot, user, imap=proxy.server(), smtp=outgoing.server()), watch=True)
        until(lambda: len(rig.rows()) == 1 and rig.engine.status(rig.account.address).pushed)
        rig.ask(GoOffline(True))
        until(lambda: proxy.now == 0, 2.0)
        until(lambda: phase(rig) is Phase.OFFLINE, 2.0)
        made = proxy.connections
        dovecot.deliver(user, letter(2))
        address = rig.account.address
        number = int(rig.ask(QueueMessage(address, address, ("billing@contoso.example",), letter(3))))
        rig.ask(SetFlags((rig.rows()[0].id,), add=Flag.FLAGGED))
        (summary,) = rig.ask(Fetch())
        assert summary.exit_code == 69
        time.sleep(1.0)
        assert (proxy.now, proxy.connections, outgoing.connections) == (0, made, 0)
        assert len(rig.rows()) == 1
        rig.ask(GoOffline(False))
        until(lambda: len(rig.rows()) == 2)
        until(lambda: phase(rig) is Phase.UP_TO_DATE)

        def sent() -> bool:
            with Reader(rig.paths.database) as reader:
                found = reader.outgoing(number)
                return found is not None and found.state is SendState.SENT and not reader.pending()

        until(sent)
        maildir = dovecot.folder(user)
        assert any("F" in path.name.partition(":2,")[2] for path in (maildir / "cur").iterdir())
        rig.engine.close()


def test_a_download_is_broken_off(make_rig: RigMaker, dovecot: Dovecot, user: str) -> None:
    for number in range(200):
        dovecot.deliver(user, letter(number, body="x" * 20_000))
    with Proxy(dovecot.imap) as proxy:
        rig = make_rig(account_on(dovecot, user, imap=proxy.server()), watch=True)
        until(lambda: rig.rows())
        began = time.monotonic()
        rig.ask(GoOffline(True))
        until(lambda: proxy.now == 0, 2.0)
        assert time.monotonic() - began < 2.0
        rig.ask(GoOffline(False))
        until(lambda: len([row for row in rig.rows() if rig.raw(row.id)]) == 200, 20)
        rig.engine.close()
