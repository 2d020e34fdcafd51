"""A computer that slept or changed its network trusts no connection of before."""

from __future__ import annotations

import socket
import time

import pytest

from tests.rig import RigMaker, account_on, until
from tests.servers.certificates import Certificates
from tests.servers.dovecot import Dovecot
from tests.servers.proxy import Proxy
from tests.servers.scripted import IMAP_GREETING, Act, Scripted, imap, rule
from tests.sync.letters_in import letter
from tui.model.account import Account, Login, Protocol, SecretSource, Security
from tui.model.event import Phase
from tui.net.way_out import own_address
from tui.sync.surroundings import ASLEEP, LOOK_AT_NETWORK, Surroundings


class World:
    """A wall clock and a network that can be changed."""

    def __init__(self) -> None:
        self.now = 1_000_000.0
        self.address = "10.0.0.7"

    def watched(self) -> Surroundings:
        return Surroundings(lambda: self.now, lambda: self.address)


def test_sleep_is_seen_by_the_wall_clock() -> None:
    world = World()
    watched = world.watched()
    for _ in range(1_000):
        world.now += 0.2
        assert not watched.changed()
    world.now += ASLEEP + 1
    assert watched.changed()
    assert not watched.changed(), "once is enough"
    world.now -= 3_600  # the clock was set back, nobody slept
    assert not watched.changed()
    world.now += 0.2
    assert not watched.changed()


def test_another_network_is_seen_when_there_is_a_way_out_again() -> None:
    world = World()
    watched = world.watched()

    def look() -> bool:
        world.now += LOOK_AT_NETWORK
        return watched.changed()

    world.address = ""
    assert not look(), "nothing to connect by"
    world.address = "192.168.1.20"
    assert look()
    assert not look()
    world.address = "10.0.0.7"
    assert look()


def test_the_address_that_speaks_to_the_internet_is_one_of_ours() -> None:
    address = own_address()
    if address:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as ours:
            ours.bind((address, 0))


@pytest.mark.dovecot
def test_a_connection_that_slept_is_replaced_though_it_looks_alive(
    make_rig: RigMaker, dovecot: Dovecot, user: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that is dead and says nothing would be waited for until the next sign of life is due."""
    changed = [False]
    monkeypatch.setattr(Surroundings, "changed", lambda _: changed[0])
    dovecot.deliver(user, letter(1))
    with Proxy(dovecot.imap) as proxy:
        rig = make_rig(account_on(dovecot, user, imap=proxy.server()), watch=True)
        until(lambda: len(rig.rows()) == 1 and rig.engine.status(rig.account.address).pushed)
        before = proxy.connections
        proxy.freeze()
        dovecot.deliver(user, letter(2))
        time.sleep(0.5)
        assert len(rig.rows()) == 1, "nothing comes over a dead line"
        changed[0] = True
        until(lambda: proxy.connections > before)
        changed[0] = False
        until(lambda: len(rig.rows()) == 2, 5.0)
        rig.engine.close()


def test_a_read_that_hangs_is_begun_anew_without_a_word_of_error(
    make_rig: RigMaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = [False]
    monkeypatch.setattr(Surroundings, "changed", lambda _: changed[0])
    stalls = rule(rb' LIST "" "\*"', Act.STALL, b'* LIST () "/" INBOX\r\n{tag} OK done\r\n')
    with Scripted(IMAP_GREETING, imap(stalls)) as server:
        account = Account(
            "you@localhost.example",
            incoming=Protocol.IMAP,
            imap=server.server(),
            login=Login("you", source=SecretSource.SESSION),
        )
        rig = make_rig(account, watch=True)
        until(lambda: any(b' LIST "" "*"' in line for line in server.lines))
        changed[0] = True
        until(lambda: server.connections > 1)
        changed[0] = False
        until(lambda: rig.engine.status(account.address).phase is Phase.UP_TO_DATE)
        phases = {rig.engine.status(account.address).phase}
        assert Phase.STOPPED not in phases
        rig.engine.close()


def test_a_captive_portal_is_left_behind_with_its_network(
    make_rig: RigMaker, certs: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its certificate is another's: the account stands still, until there is another network."""
    changed = [False]
    monkeypatch.setattr(Surroundings, "changed", lambda _: changed[0])
    portal = Scripted(b"HTTP/1.1 302 Found\r\n", [], context=certs.server_context(certs.wrong_host))
    with portal as server:
        account = Account(
            "you@localhost.example",
            incoming=Protocol.IMAP,
            imap=server.server(Security.TLS, "localhost"),
            login=Login("you", source=SecretSource.SESSION),
            ca_file=str(certs.ca),
        )
        rig = make_rig(account, watch=True)
        until(lambda: rig.engine.status(account.address).phase is Phase.UNTRUSTED)
        status = rig.engine.status(account.address)
        assert "elsewhere.example" in status.detail and "localhost" in status.what
        looks = server.connections
        time.sleep(0.6)
        assert server.connections == looks, "it stands still"
        changed[0] = True
        until(lambda: server.connections > looks)
        changed[0] = False
        rig.engine.close()
