"""Accounts as flat values, and the words of `account set`."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.config.making import accounts
from tui.config.accounts import assign, build, flatten, shown
from tui.model.account import Account, Auth, Login, Protocol, SecretSource, Security, SentCopy, Server
from tui.model.error import BadInput

ME = "me@example.org"
BASE = Account(
    ME,
    imap=Server("imap.example.org", 993),
    smtp=Server("smtp.example.org", 587, Security.STARTTLS),
    login=Login(ME),
)


@given(accounts())
def test_flat_values_and_back(account: Account) -> None:
    assert build(account.address, flatten(account)) == account


@given(accounts())
def test_what_is_shown_holds_no_command(account: Account) -> None:
    values = shown(account)

    assert values["address"] == account.address
    assert not any(key.endswith("_command") for key in values)
    for login, key in ((account.login, "secret_from"), (account.smtp_login, "smtp_secret_from")):
        if login and login.source is SecretSource.COMMAND:
            assert values[key] == "command"


@given(accounts())
def test_a_client_secret_is_only_said_to_be_set(account: Account) -> None:
    account = replace(account, client_secret="canary-51f0")

    assert shown(account)["client_secret"] == "set"
    assert "canary-51f0" not in repr(account) + repr(shown(account))
    assert build(account.address, flatten(account)).client_secret == "canary-51f0"


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["keep=14d"], replace(BASE, keep=type(BASE.keep)("14d"))),
        (["sent-copy=never"], replace(BASE, sent_copy=SentCopy.NEVER)),
        (["sent_copy=never", "SENT-COPY=always"], replace(BASE, sent_copy=SentCopy.ALWAYS)),
        (["offline=90d"], replace(BASE, offline=type(BASE.offline)("90d"))),
        (["name=Mail = Me"], replace(BASE, name="Mail = Me")),
        (["imap-host=mail.example.net"], replace(BASE, imap=Server("mail.example.net", 993))),
        (["imap-port=1993"], replace(BASE, imap=Server("imap.example.org", 1993))),
        (
            ["imap-security=starttls"],
            replace(BASE, imap=Server("imap.example.org", 143, Security.STARTTLS)),
        ),
        (
            ["imap-port=999", "imap-security=starttls"],
            replace(BASE, imap=Server("imap.example.org", 999, Security.STARTTLS)),
        ),
        (
            ["incoming=pop3", "pop3-host=pop.example.org"],
            replace(BASE, incoming=Protocol.POP3, pop3=Server("pop.example.org", 995)),
        ),
        (["smtp-host="], replace(BASE, smtp=None)),
        (["client-id=7f1c"], replace(BASE, client_id="7f1c")),
        (["authority=organizations"], replace(BASE, authority="organizations")),
        (["authority=https://localhost:8443/x"], replace(BASE, authority="https://localhost:8443/x")),
        (["auth=oauth2"], replace(BASE, login=Login(ME, Auth.OAUTH2))),
        (
            ["token-command=broker get"],
            replace(BASE, login=Login(ME, Auth.OAUTH2, SecretSource.COMMAND, "broker get")),
        ),
        (
            ["smtp-username=api", "smtp-password-command=pass show api"],
            replace(BASE, smtp_login=Login("api", Auth.PASSWORD, SecretSource.COMMAND, "pass show api")),
        ),
        (["secret-from=session"], replace(BASE, login=Login(ME, source=SecretSource.SESSION))),
        (
            ["imap-host=127.0.0.1", "imap-security=plain"],
            replace(BASE, imap=Server("127.0.0.1", 143, Security.PLAIN)),
        ),
    ],
)
def test_words_change_the_account(words: list[str], expected: Account) -> None:
    assert assign(BASE, words) == expected


def test_the_newest_way_to_the_secret_replaces_the_others() -> None:
    by_command = assign(BASE, ["password-command=pass show mail"])
    by_token = assign(by_command, ["token-command=broker get"])
    by_keyring = assign(by_token, ["secret-from=keyring"])

    assert by_command.login == Login(ME, Auth.PASSWORD, SecretSource.COMMAND, "pass show mail")
    assert by_token.login == Login(ME, Auth.OAUTH2, SecretSource.COMMAND, "broker get")
    assert by_keyring.login == Login(ME)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["keep"], "KEY=VALUE"),
        (["kep=14d"], "nearest is keep"),
        (["keep=14"], "keep must be leave"),
        (["offline=soon"], "offline must be all"),
        (["incoming=pop"], "incoming in .* must be imap, pop3 or none"),
        (["incoming=pop3"], "names no pop3 host"),
        (["imap-host="], "names no imap host"),
        (["imap-port=none"], "whole number"),
        (["imap-port=0"], "from 1 to 65535"),
        (["imap-port=65536"], "from 1 to 65535"),
        (["imap-host=a b"], "must be a name"),
        (["imap-host=imap://x"], "must be a name"),
        (["imap-security=plain"], "only on localhost"),
        (["smtp-host=127.0.0.1.example.org", "smtp-security=plain"], "only on localhost"),
        (["name=x\r\nBcc: y"], "control character"),
        (["username=x\x00"], "control character"),
        (["password=hunter2"], "secret"),
        (["smtp-password=hunter2"], "secret"),
        (["password-command=a", "token-command=b"], "keep one"),
        (["password-command=a", "auth=oauth2"], "auth"),
        (["pop3-port=995"], "without a host"),
        (["client_ids=x"], "nearest is client_id"),
        (["client_id=two words"], "client_id in .* must be one word"),
        (["client_secret=ge heim"], "client_secret in .* must be one word"),
        (["authority=http://login.example.org"], "authority in .* must be common"),
        (["authority=two words"], "authority in .* must be common"),
        (["authority=https://you@login.example.org/x"], "authority in .* must be common"),
    ],
)
def test_wrong_words_are_said(words: list[str], said: str) -> None:
    with pytest.raises(BadInput, match=said) as raised:
        assign(BASE, words)

    assert "hunter2" not in f"{raised.value!r} {raised.value.hint} {raised.value.detail}"


@pytest.mark.parametrize(
    "address", ["", "me", "me@", "@x", "a b@x.y", "a@b@c", "a@b\n", 'a"@b', "x" * 320 + "@y"]
)
def test_impossible_addresses(address: str) -> None:
    with pytest.raises(ValueError, match="not a mail address"):
        build(address, {"incoming": "none"})


def test_sending_only_needs_no_sign_in() -> None:
    account = build("news@example.org", {"incoming": "none", "smtp_host": "smtp.example.org"})

    assert (account.login, account.smtp) == (None, Server("smtp.example.org", 465))


@given(st.text(max_size=60))
def test_any_word_changes_or_is_refused(word: str) -> None:
    try:
        assign(BASE, [word])
    except BadInput as refused:
        assert refused.exit_code == 65
