"""Questions to the DNS, against a name server on loopback; and whose a host is."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.dns import DnsServer, Records
from tui.model.account import Security, Server
from tui.model.error import NotFound, Offline
from tui.model.preset import by_name
from tui.net.dns_records import NO_MAIL, Resolver
from tui.net.mail_hosts import AUTODISCOVER, MAIL_EXCHANGERS, domains_of, is_within, recognised

LABEL = st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=12)


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


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("contoso-com.mail.protection.outlook.com", ("microsoft365",)),
        ("contoso-com.a-v1.mx.microsoft", ("microsoft365",)),
        ("outlook-com.olc.protection.outlook.com", ("outlook",)),
        ("contoso-cn.mail.protection.partner.outlook.cn", ("microsoft-china",)),
        ("contoso-us.mail.protection.office365.us", ("microsoft-gcc-high", "microsoft-dod")),
        ("ASPMX.L.GOOGLE.COM.", ("gmail",)),
        ("alt1.aspmx.l.googlemail.com", ("gmail",)),
        ("mx-biz.mail.am0.yahoodns.net", ("yahoo",)),
        ("mx-aol.mail.gm0.yahoodns.net", ("aol",)),
        ("mx01.mail.icloud.com", ("icloud",)),
        ("in1-smtp.messagingengine.com", ("fastmail",)),
        ("mx.zoho.com", ("zoho-pro",)),
        ("mx2.zoho.com.au", ("zoho-pro.com.au",)),
        ("mail.protonmail.ch", ("proton",)),
        ("evil-outlook.com.example", ()),
        ("mail.protection.outlook.com.example", ()),
        ("notmail.protection.outlook.com", ()),
        ("xgoogle.com", ()),
        ("google.com.contoso.example", ()),
        ("mx.microsoft.example", ()),
        ("", ()),
    ],
)
def test_whose_a_mail_exchanger_is(host: str, names: tuple[str, ...]) -> None:
    assert recognised(host, MAIL_EXCHANGERS) == names


def test_every_name_in_the_tables_is_a_service() -> None:
    for _, names in (*MAIL_EXCHANGERS, *AUTODISCOVER):
        assert all(by_name(name) for name in names)


@given(st.lists(LABEL, max_size=4), st.sampled_from([ending for ending, _ in MAIL_EXCHANGERS]))
def test_labels_before_an_ending_change_nothing_and_letters_do(labels: list[str], ending: str) -> None:
    assert is_within(".".join([*labels, ending]), ending)
    assert not is_within(".".join([*labels, "x" + ending]), ending)
    assert not is_within(".".join([ending, *labels, "example"]), ending)


@pytest.mark.parametrize(
    ("host", "domains"),
    [
        ("mx.provider.example", ("provider.example",)),
        ("mx1.eu.provider.example", ("eu.provider.example", "provider.example")),
        ("mx.provider.co.uk", ("provider.co.uk",)),
        ("a.mx.provider.co.uk", ("mx.provider.co.uk", "provider.co.uk")),
        ("provider.example", ("provider.example",)),
        ("localhost", ()),
    ],
)
def test_domains_a_mail_exchanger_may_be_filed_under(host: str, domains: tuple[str, ...]) -> None:
    assert domains_of(host) == domains
