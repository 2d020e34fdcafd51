"""Questions to the DNS, against a name server on loopback."""

from __future__ import annotations

import pytest

from tests.servers.dns import DnsServer, Records
from tui.model.account import Security, Server
from tui.model.error import NotFound, Offline
from tui.net.dns_records import NO_MAIL, Resolver


def resolver(server: DnsServer, limit: float = 2.0) -> Resolver:
    return Resolver(("127.0.0.1",), server.port, limit)


@pytest.mark.parametrize(
    ("records", "hosts"),
    [
        ({"contoso.example MX": "10 mx.contoso.example."}, ("mx.contoso.example",)),
        (
            {"contoso.example MX": ("20 b.example.", "10 MX.Contoso.example.", "20 a.example.")},
            ("mx.contoso.example", "a.example", "b.example"),
        ),
        ({"contoso.example MX": "0 ."}, (NO_MAIL,)),
        ({"contoso.example A": "192.0.2.1"}, ()),
        ({"contoso.example MX": r"10 a\032b\010c.example."}, ()),
        ({"contoso.example MX": "10 localhost."}, ()),
    ],
)
def test_mail_exchangers_in_their_order(records: Records, hosts: tuple[str, ...]) -> None:
    with DnsServer(records) as server:
        assert resolver(server).mail_exchangers("contoso.example") == hosts
        assert server.asked == ["contoso.example. MX"]


def test_a_domain_that_does_not_exist() -> None:
    with DnsServer({}) as server:
        with pytest.raises(NotFound):
            resolver(server).mail_exchangers("contoso.example")
        assert resolver(server).services("contoso.example") == {}
        assert resolver(server).alias("autodiscover.contoso.example") == ""
        assert not resolver(server).exists("imap.contoso.example")


def test_nobody_to_ask() -> None:
    with DnsServer({}, silent=True) as silent, pytest.raises(Offline):
        resolver(silent, 0.3).mail_exchangers("contoso.example")
    with DnsServer({}, failing=True) as failing, pytest.raises(Offline):
        resolver(failing).services("contoso.example")
    with pytest.raises(Offline):
        Resolver(("127.0.0.1",), 1, 0.3).exists("contoso.example")


def test_services_that_are_announced() -> None:
    records: Records = {
        "_imaps._tcp.contoso.example SRV": (
            "20 9 993 last.contoso.example.",
            "10 1 993 light.contoso.example.",
            "10 5 1993 imap.contoso.example.",
        ),
        "_imap._tcp.contoso.example SRV": "1 1 143 plain.contoso.example.",
        "_pop3s._tcp.contoso.example SRV": "0 0 0 .",
        "_submission._tcp.contoso.example SRV": "0 1 587 mail.other.example.",
    }
    with DnsServer(records) as server:
        assert resolver(server).services("contoso.example") == {
            "imap": Server("imap.contoso.example", 1993, Security.TLS),
            "smtp": Server("mail.other.example", 587, Security.STARTTLS),
        }


def test_aliases_and_addresses() -> None:
    records: Records = {
        "autodiscover.contoso.example CNAME": "autodiscover.outlook.com.",
        "imap.contoso.example AAAA": "2001:db8::1",
        "pop.contoso.example MX": "1 x.example.",
    }
    with DnsServer(records) as server:
        assert resolver(server).alias("autodiscover.contoso.example") == "autodiscover.outlook.com"
        assert resolver(server).exists("imap.contoso.example")
        assert not resolver(server).exists("pop.contoso.example")
