from __future__ import annotations

import pytest

from tui.model.account import Auth, Security
from tui.model.preset import PRESETS, by_address, by_name, files_sent, guessed


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("you@outlook.com", "outlook"),
        ("you@hotmail.co.uk", "outlook"),
        ("you@LIVE.de", "outlook"),
        ("you@contoso.onmicrosoft.com", "microsoft365"),
        ("you@googlemail.com", "gmail"),
        ("you@gmx.net", "gmx"),
        ("you@gmx.com", "gmx.com"),
        ("you@yahoo.fr", "yahoo"),
    ],
)
def test_an_address_of_a_known_domain_leads_to_its_service(address: str, name: str) -> None:
    preset = by_address(address)
    assert preset is not None
    assert preset.name == name


@pytest.mark.parametrize(
    "address",
    ["you@example.org", "you@notoutlook.com", "you@mymsn.com", "you@live.contoso.example", "", "outlook"],
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
    for name in ("outlook", "microsoft365", "microsoft-gcc-high", "microsoft-china"):
        preset = by_name(name)
        assert preset is not None
        assert preset.auth is Auth.OAUTH2
        assert "no password" in preset.note
        assert preset.files_sent


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
