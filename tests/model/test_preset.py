from __future__ import annotations

import pytest

from tui.model.account import Account, Auth, Protocol, Security, Server
from tui.model.issuer import by_issuer, identity_of
from tui.model.preset import PRESETS, by_address, by_name, files_sent, guessed


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("you@outlook.com", "outlook"),
        ("you@hotmail.co.uk", "outlook"),
        ("you@LIVE.de", "outlook"),
        ("you@livemail.tw", "outlook"),
        ("you@hotmail.com.vn", "outlook"),
        ("you@contoso.onmicrosoft.com", "microsoft365"),
        ("you@googlemail.com", "gmail"),
        ("you@gmx.net", "gmx"),
        ("you@gmx.com", "gmx.com"),
        ("you@yahoo.fr", "yahoo"),
        ("you@yahoo.co.jp", "yahoo.co.jp"),
        ("you@aol.de", "aol"),
        ("you@contoso.onmicrosoft.us", "microsoft-gcc-high"),
        ("you@contoso.partner.onmschina.cn", "microsoft-china"),
        ("you@zoho.com.au", "zoho.com.au"),
        ("you@zohocloud.ca", "zoho.ca"),
        ("you@protonmail.ch", "proton"),
    ],
)
def test_an_address_of_a_known_domain_leads_to_its_service(address: str, name: str) -> None:
    preset = by_address(address)
    assert preset is not None
    assert preset.name == name


@pytest.mark.parametrize(
    "address",
    [
        "you@example.org",
        "you@notoutlook.com",
        "you@mymsn.com",
        "you@live.contoso.example",
        "",
        "outlook",
        "you@outlook.xyz",
        "you@yahoo.org",
        "you@live.net.au",
        "you@hotmail.com.evil.example",
    ],
)
def test_other_addresses_lead_to_nothing(address: str) -> None:
    assert by_address(address) is None


def test_names_are_unique_and_found() -> None:
    assert len({preset.name for preset in PRESETS}) == len(PRESETS)
    assert all(by_name(preset.name) is preset for preset in PRESETS)
    assert by_name("nobody") is None


def test_no_preset_talks_in_the_open() -> None:
    servers = [server for preset in PRESETS for server in (preset.imap, preset.pop3, preset.smtp) if server]
    assert servers
    assert all(server.security is not Security.PLAIN for server in servers)


def test_microsoft_is_by_token_and_says_so() -> None:
    microsoft = [preset for preset in PRESETS if preset.issuer.startswith("microsoft")]
    assert len(microsoft) == 6
    for preset in microsoft:
        assert preset.auth is Auth.OAUTH2
        assert "no password" in preset.note
        assert "browser" in preset.note
        assert "POP and IMAP" in preset.note
        assert preset.files_sent
        assert by_issuer(preset.issuer) is not None


TLS, STARTTLS = Security.TLS, Security.STARTTLS
EXCHANGE = "outlook.office365.com"
SERVERS: dict[str, tuple[str, str, str, int, Security]] = {
    "outlook": (EXCHANGE, EXCHANGE, "smtp-mail.outlook.com", 587, STARTTLS),
    "microsoft365": (EXCHANGE, EXCHANGE, "smtp.office365.com", 587, STARTTLS),
    "microsoft-gcc": (EXCHANGE, EXCHANGE, "smtp.office365.com", 587, STARTTLS),
    "microsoft-gcc-high": (
        "outlook.office365.us", "outlook.office365.us", "smtp.office365.us", 587, STARTTLS,
    ),
    "microsoft-dod": (
        "outlook-dod.office365.us", "outlook-dod.office365.us", "outlook-dod.office365.us", 587, STARTTLS,
    ),
    "microsoft-china": ("partner.outlook.cn", "partner.outlook.cn", "smtp.partner.outlook.cn", 587, STARTTLS),
    "gmail": ("imap.gmail.com", "pop.gmail.com", "smtp.gmail.com", 465, TLS),
    "yahoo.co.jp": (
        "imap.mail.yahoo.co.jp", "pop.mail.yahoo.co.jp", "smtp.mail.yahoo.co.jp", 465, TLS,
    ),
    "yahoo": ("imap.mail.yahoo.com", "pop.mail.yahoo.com", "smtp.mail.yahoo.com", 465, TLS),
    "aol": ("imap.aol.com", "pop.aol.com", "smtp.aol.com", 465, TLS),
    "icloud": ("imap.mail.me.com", "", "smtp.mail.me.com", 587, STARTTLS),
    "fastmail": ("imap.fastmail.com", "pop.fastmail.com", "smtp.fastmail.com", 465, TLS),
    "gmx": ("imap.gmx.net", "pop.gmx.net", "mail.gmx.net", 587, STARTTLS),
    "gmx.com": ("imap.gmx.com", "pop.gmx.com", "mail.gmx.com", 587, STARTTLS),
    "web.de": ("imap.web.de", "pop3.web.de", "smtp.web.de", 587, STARTTLS),
    "posteo": ("posteo.de", "posteo.de", "posteo.de", 465, TLS),
    "mailtrap-live": ("", "", "live.smtp.mailtrap.io", 587, STARTTLS),
    "mailtrap-bulk": ("", "", "bulk.smtp.mailtrap.io", 587, STARTTLS),
    "mailtrap-sandbox": ("", "", "sandbox.smtp.mailtrap.io", 587, STARTTLS),
    **{
        f"zoho{pro and '-pro'}{region}": (
            f"imap{pro}.{root}", f"pop{pro}.{root}", f"smtp{pro}.{root}", 465, TLS,
        )
        for pro in ("", "pro")
        for region, root in (
            ("", "zoho.com"), (".eu", "zoho.eu"), (".in", "zoho.in"), (".com.au", "zoho.com.au"),
            (".jp", "zoho.jp"), (".ca", "zohocloud.ca"),
        )
    },
}  # fmt: skip
"""What the services publish: hosts of IMAP (993) and POP3 (995) over TLS, and the server for sending."""


@pytest.mark.parametrize("name", SERVERS)
def test_servers_are_those_that_the_services_publish(name: str) -> None:
    imap, pop3, smtp, port, security = SERVERS[name]
    preset = by_name(name)
    assert preset is not None
    assert preset.imap == (Server(imap, 993, TLS) if imap else None)
    assert preset.pop3 == (Server(pop3, 995, TLS) if pop3 else None)
    assert preset.smtp == Server(smtp, port, security)


def test_every_service_is_checked() -> None:
    assert {preset.name for preset in PRESETS} == {*SERVERS, "proton", "other"}
    bridge = by_name("proton")
    assert bridge is not None
    assert bridge.imap == Server("127.0.0.1", 1143, STARTTLS)
    assert bridge.smtp == Server("127.0.0.1", 1025, STARTTLS)


@pytest.mark.parametrize(
    ("provider", "authority", "resource"),
    [
        ("outlook", "https://login.microsoftonline.com/consumers", "https://outlook.office.com/"),
        ("microsoft365", "https://login.microsoftonline.com/organizations", "https://outlook.office.com/"),
        ("microsoft-gcc", "https://login.microsoftonline.com/organizations", "https://outlook.office.com/"),
        ("microsoft-gcc-high", "https://login.microsoftonline.us/organizations",
         "https://outlook.office365.us/"),
        ("microsoft-dod", "https://login.microsoftonline.us/organizations",
         "https://outlook-dod.office365.us/"),
        ("microsoft-china", "https://login.partner.microsoftonline.cn/organizations",
         "https://partner.outlook.cn/"),
    ],
)  # fmt: skip
def test_each_cloud_of_microsoft_has_its_own_authority(provider: str, authority: str, resource: str) -> None:
    preset = by_name(provider)
    assert preset is not None
    account = Account("you@contoso.example", provider=provider, incoming=Protocol.IMAP, smtp=preset.smtp)
    identity = identity_of(account)
    assert identity is not None
    assert identity.authority == authority
    assert f"{resource}IMAP.AccessAsUser.All" in identity.scopes
    assert f"{resource}SMTP.Send" in identity.scopes


def test_user_names_follow_the_rule_of_the_service() -> None:
    icloud, mailtrap = by_name("icloud"), by_name("mailtrap-live")
    assert icloud is not None
    assert mailtrap is not None
    assert icloud.user("you@icloud.com") == "you"
    assert icloud.smtp_user("you@icloud.com") == "you@icloud.com"
    assert mailtrap.smtp_user("you@example.org") == "api"
    assert mailtrap.sends_only


def test_an_unknown_domain_gets_the_usual_names_over_tls() -> None:
    preset = guessed("you@Example.ORG")
    assert preset.imap is not None
    assert preset.smtp is not None
    assert (preset.imap.host, preset.imap.port) == ("imap.example.org", 993)
    assert (preset.smtp.host, preset.smtp.port, preset.smtp.security) == (
        "smtp.example.org",
        465,
        Security.TLS,
    )


def test_who_files_the_sent_copy_is_known_by_the_sending_server() -> None:
    assert files_sent("SMTP.office365.com")
    assert files_sent("smtp-mail.outlook.com")
    assert not files_sent("smtp.example.org")
