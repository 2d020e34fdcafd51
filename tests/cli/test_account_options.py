"""From the words of `account add` to an account."""

from __future__ import annotations

import pytest

from tui.cli.account_options import account_of, choose_preset
from tui.cli.run import parse
from tui.model.account import Account, Auth, Protocol, SecretSource, Security, Server
from tui.model.error import BadConfig, BadInput, BadUsage
from tui.model.preset import guessed


def _account(line: str) -> Account:
    _, options = parse(["account", "add", *line.split()])
    return account_of(options, choose_preset(options) or guessed(options.address))


def test_a_known_provider_fills_in_everything() -> None:
    account = _account("you@gmail.com --name You --password-command secret-tool")
    assert account.provider == "gmail"
    assert account.imap == Server("imap.gmail.com", 993, Security.TLS)
    assert account.smtp is not None
    assert account.pop3 is not None
    assert account.login is not None
    assert (account.login.username, account.login.source) == ("you@gmail.com", SecretSource.COMMAND)
    assert account.incoming is Protocol.IMAP
    assert account.name == "You"


def test_microsoft_takes_tokens() -> None:
    account = _account("you@outlook.com --token-command get-token --incoming pop3")
    assert account.login is not None
    assert (account.login.auth, account.login.command) == (Auth.OAUTH2, "get-token")
    assert account.receiving == account.pop3
    assert account.smtp is not None
    assert account.smtp.security is Security.STARTTLS


def test_typed_servers_go_before_those_of_the_provider() -> None:
    account = _account(
        "you@gmail.com --imap-host localhost --imap-security plain --imap-port 1143 --password-stdin"
    )
    assert account.imap == Server("localhost", 1143, Security.PLAIN)
    assert account.smtp is not None
    assert account.smtp.host == "smtp.gmail.com"


PORTS = [("imap", "tls", 993), ("imap", "starttls", 143), ("pop3", "tls", 995), ("pop3", "starttls", 110)]


@pytest.mark.parametrize(("kind", "security", "port"), PORTS)
def test_a_port_left_out_is_the_usual_one(kind: str, security: str, port: int) -> None:
    account = _account(
        f"you@x.example --{kind}-host mail.x.example --{kind}-security {security} --password-stdin"
    )
    assert account.receiving == Server("mail.x.example", port, Security(security))
    assert account.incoming.value == kind
    assert account.smtp is None


def test_an_unknown_domain_is_looked_for_when_nothing_is_typed() -> None:
    _, options = parse(["account", "add", "you@contoso.example"])
    assert choose_preset(options) is None
    account = _account("you@contoso.example --password-stdin")
    assert account.imap == Server("imap.contoso.example", 993, Security.TLS)


def test_a_service_that_only_sends() -> None:
    account = _account("you@x.example --provider mailtrap-live --password-command token")
    assert account.incoming is Protocol.NONE
    assert account.receiving is None
    assert account.sending_login is not None
    assert account.sending_login.username == "api"


def test_sending_may_sign_in_differently() -> None:
    account = _account(
        "you@outlook.com --token-command t --smtp-host live.smtp.mailtrap.io --smtp-security starttls "
        "--smtp-username api --smtp-password-command p"
    )
    assert account.smtp == Server("live.smtp.mailtrap.io", 587, Security.STARTTLS)
    assert account.smtp_login is not None
    assert (account.smtp_login.username, account.smtp_login.command) == ("api", "p")
    assert account.smtp_login.auth is Auth.PASSWORD
    assert account.login is not None
    assert account.login.command == "t"


WRONG = [
    ("nobody --password-stdin", BadInput, 65),
    ("@x.example --password-stdin", BadInput, 65),
    ("you@ --password-stdin", BadInput, 65),
    ("you@x.example --provider nowhere", BadUsage, 2),
    ("you@x.example --imap-host mail.x.example --imap-security plain", BadConfig, 78),
    ("you@x.example --imap-host 10.0.0.1 --imap-security plain", BadConfig, 78),
    ("you@x.example --imap-host localhost.x.example --imap-security plain", BadConfig, 78),
    ("you@x.example --imap-host mail.x.example --imap-port 99999", BadConfig, 78),
    ("you@x.example --imap-host mail.x.example --incoming pop3", BadConfig, 78),
    ("you@x.example --imap-host a/b", BadConfig, 78),
    ("you@outlook.com --authority http://login.x.example", BadConfig, 78),
    ("you@outlook.com --client-id=zwei–Wörter", BadConfig, 78),
]


@pytest.mark.parametrize(("line", "error", "code"), WRONG)
def test_what_cannot_work_is_refused(line: str, error: type[BadInput], code: int) -> None:
    with pytest.raises(error) as caught:
        _account(line)
    assert caught.value.exit_code == code
    assert caught.value.hint
