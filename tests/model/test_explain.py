"""Every row of the table is found by its real text, and by no other row's."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.model.error_texts import ERRORS
from tui.model.explain import explain, rules
from tui.model.explain_rule import Retry, matches


def _title(name: str) -> str:
    return next(rule.title for rule in rules() if rule.name == name)


@pytest.mark.parametrize(("row", "protocol", "text", "name", "retry"), ERRORS)
def test_real_text_gives_its_row(row: int, protocol: str, text: str, name: str, retry: str) -> None:
    found = explain(text, protocol, token=protocol == "token")

    assert found is not None, f"row {row}"
    assert (found.name, found.title, found.retry_class) == (name, _title(name), Retry(retry))
    assert found.retry is (retry in ("refresh", "backoff"))


@pytest.mark.parametrize(
    ("row", "protocol", "text", "name", "retry"), [each for each in ERRORS if each[1] != "token"]
)
def test_found_without_the_protocol_too(row: int, protocol: str, text: str, name: str, retry: str) -> None:
    found = explain(text)

    assert found is not None, f"row {row}"
    assert found.title == _title(name)


@pytest.mark.parametrize("prefix", ["IMAP ", "POP ", "SMTP "])
def test_protocol_named_in_the_text_is_taken(prefix: str) -> None:
    protocol = {"IMAP ": "imap", "POP ": "pop3", "SMTP ": "smtp"}[prefix]
    rows = [(text, name) for _, where, text, name, _ in ERRORS if where == protocol]

    for text, name in rows:
        found = explain(prefix + text)
        assert found is not None
        assert found.title == _title(name), text


def test_all_rows_of_the_table_are_tried() -> None:
    """107 rows of collected errors, the one of rcpthosts, the response codes of IMAP and POP3, Google's."""
    assert {row for row, *_ in ERRORS} == {*range(1, 109), 110, 111, 112}
    assert {name for *_, name, _ in ERRORS} == {rule.name for rule in rules()}


def test_rows_are_named_once_and_written_for_people() -> None:
    every = list(rules())

    assert max(Counter(rule.name for rule in every).values()) == 1
    for rule in every:
        assert 0 < len(rule.title) <= 70, rule.name
        assert not rule.title.endswith("."), rule.name
        assert rule.meaning.endswith(".") and rule.fix.endswith((".", ">")), rule.name
        assert all(pattern == pattern.lower() for pattern in rule.patterns), rule.name


@pytest.mark.parametrize(
    ("text", "protocol", "code"),
    [
        ("535 5.7.139 Authentication unsuccessful, basic authentication is disabled.", "smtp", "5.7.139"),
        ("AADSTS65001: The user has not consented", "oauth", "AADSTS65001"),
        ("65001", "", "aad-admin-approval"),
        ("0x800ccc0f", "", "0x800CCC0F"),
        ("553 sorry, that domain isn’t in my list of allowed rcpthosts (#5.7.1)", "smtp", "5.7.1"),
        ("a7 NO [OVERQUOTA] Quota exceeded", "imap", "OVERQUOTA"),
        ("421 too busy", "smtp", "421"),
        ("a1 NO LOGIN failed.", "imap", "imap-login-failed"),
        ("[Errno 111] Connection refused", "", "no-connection"),
    ],
)
def test_code_is_the_one_in_the_text(text: str, protocol: str, code: str) -> None:
    found = explain(text, protocol)

    assert found is not None
    assert found.code == code


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("(535, b'5.7.3 Authentication unsuccessful [x]')", "smtp-token"),
        (
            "535-5.7.139 Authentication unsuccessful,\r\n535 5.7.139 basic   authentication\nis disabled",
            "microsoft-smtp-basic-disabled",
        ),
        ("b'LOGIN failed.'", "imap-login-failed"),
    ],
)
def test_text_as_libraries_print_it(text: str, name: str) -> None:
    found = explain(text)

    assert found is not None
    assert found.title == _title(name)


@pytest.mark.parametrize(
    ("protocol", "text", "name"),
    [
        ("pop3", "Server Unavailable. 21", "pop-unavailable"),
        ("pop3", "-ERR [SYS/TEMP] Temporary authentication failure. [mx:2026-09-08]", "pop-temporary"),
        ("imap", "a1 NO [UNAVAILABLE] Temporary authentication failure.", "imap-unavailable"),
        ("imap", "a1 NO [UNAVAILABLE] LOGIN failed", "imap-unavailable"),
        ("imap", "[UNAVAILABLE] Maximum number of connections from user+IP exceeded", "too-many-connections"),
        ("imap", "[AUTHENTICATIONFAILED] Too many login attempts, try again later", "throttled"),
        ("imap", "a1 NO Authentication failed.", "imap-wrong-password"),
        ("pop3", "-ERR Authentication failed.", "imap-wrong-password"),
        ("imap", "Server Unavailable. 15", "imap-unavailable"),
        ("smtp", "421 4.7.66 TLS 1.0 and 1.1 are not supported.", "smtp-old-tls"),
        ("smtp", "421 4.4.2 timeout", "sending-dropped"),
        ("smtp", "550 5.7.1 too many recipients", "too-many-recipients"),
        ("smtp", "553 5.7.1 rcpthosts", "relay-rcpthosts"),
        ("smtp", "535 5.7.139 something new", "microsoft-smtp-wrong-password"),
    ],
)
def test_the_more_telling_row_comes_first(protocol: str, text: str, name: str) -> None:
    found = explain(text, protocol)

    assert found is not None
    assert found.title == _title(name)


@pytest.mark.parametrize(
    ("text", "protocol"),
    [
        ("", ""),
        ("a1 OK done", "imap"),
        ("550 5.1.1 user unknown", "imap"),
        ("LOGIN failed", "smtp"),
        ("AADSTS1", "oauth"),
    ],
)
def test_unknown_is_none(text: str, protocol: str) -> None:
    assert explain(text, protocol) is None


@pytest.mark.parametrize(
    ("pattern", "text", "there"),
    [
        ("5.7.5", "550 5.7.57 x", False),
        ("5.7.5", "550 5.7.5 x", True),
        ("5.7.5", "550 5.7.5.", True),
        ("7.5", "5.7.5", False),
        ("451", "10451", False),
        ("451", "2451 451", True),
        ("5.7.139 … disabled", "disabled 5.7.139", False),
        ("5.7.139 … disabled", "5.7.139 is disabled", True),
    ],
)
def test_numbers_count_only_as_a_whole(pattern: str, text: str, there: bool) -> None:
    assert matches(pattern, text) is there


@given(st.text(max_size=200), st.sampled_from(["", "imap", "pop3", "smtp", "oauth"]))
def test_any_text_is_taken(text: str, protocol: str) -> None:
    found = explain(text, protocol)

    assert found is None or found.title


def test_a_huge_text_is_cut() -> None:
    assert explain("x" * 10_000_000 + " login failed", "imap") is None


@pytest.mark.parametrize(
    ("text", "retry"),
    [
        ("452 4.2.2 The mailbox is full", Retry.BACKOFF),
        ("450 4.1.1 user unknown in the local list, try later", Retry.BACKOFF),
        ("451 4.7.1 Sender address rejected: greylisted", Retry.BACKOFF),
        ("452 4.5.3 too many recipients", Retry.NEVER),
        ("421 4.7.66 TLS 1.0 and 1.1 are not supported", Retry.NEVER),
        ("451 5.7.3 STARTTLS is required to send mail", Retry.NEVER),
        ("550 5.4.0 server busy", Retry.NEVER),
        ("554 Service not available", Retry.NEVER),
    ],
)
def test_a_reply_for_now_is_tried_again_and_one_for_good_is_not(text: str, retry: Retry) -> None:
    """RFC 5321 4.2.1, unless the row names the code itself."""
    found = explain(text, "smtp")

    assert found is not None
    assert found.retry_class is retry


@pytest.mark.parametrize(
    ("name", "causes", "where"),
    [
        ("imap-authenticate-failed", ("token", "IMAP is off", "main address"), "Forwarding and IMAP"),
        ("token-other-mailbox", ("another mailbox", "IMAP is switched off"), "Forwarding and IMAP"),
        ("pop-authentication-failure", ("POP3 is off", "tokens expire"), "Forwarding and IMAP/POP"),
        (
            "imap-not-connected",
            ("another mailbox", "IMAP is switched off", "too many requests"),
            "15 minutes",
        ),
    ],
)
def test_words_that_can_mean_several_things_name_them_all(
    name: str, causes: tuple[str, ...], where: str
) -> None:
    """Microsoft says the same of a mailbox that is switched off and of a token that is wrong."""
    found = next(rule for rule in rules() if rule.name == name)

    assert all(cause in found.meaning for cause in causes)
    assert where in found.fix


def test_who_has_switched_off_sending_is_told_apart() -> None:
    said = "535 5.7.139 Authentication unsuccessful, "
    found = [
        explain(said + words, "smtp", token=token)
        for token in (False, True)
        for words in (
            "SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled",
            "SmtpClientAuthentication is disabled for the Mailbox. Visit https://aka.ms/smtp_auth_disabled",
            "user is locked by your organization's security defaults policy",
            "the request did not meet the criteria to be authenticated successfully",
            "basic authentication is disabled",
        )
    ]

    assert len({each.title for each in found if each}) == 5
    assert all(each and each.retry_class is Retry.NEVER for each in found)


def test_a_refused_token_is_no_wrong_password() -> None:
    for text, protocol in (
        ("[AUTHENTICATIONFAILED] Invalid credentials", "imap"),
        ("-ERR [AUTH] no", "pop3"),
        ("535 5.7.8 no", "smtp"),
        ("535 no", "smtp"),
    ):
        password, token = explain(text, protocol), explain(text, protocol, token=True)
        assert password is not None
        assert token is not None
        assert (password.retry, token.retry_class) == (False, Retry.REFRESH)
        assert "assword" not in token.title + token.meaning + token.fix
