"""What goes between the engine and the process that downloads for it comes back as it was."""

from __future__ import annotations

import pytest

from tui.model.account import Account, Login, Offline, Protocol, Security, Server
from tui.model.error import Busy, Garbled, MailError, SignInNeeded
from tui.model.error import Offline as NoWay
from tui.model.explain_rule import Retry
from tui.model.secret import Secret
from tui.store.records import Since
from tui.sync.errand import (
    Changed,
    Ended,
    Errand,
    Progress,
    Said,
    SignedIn,
    errand_line,
    errand_of,
    said_line,
    said_of,
)
from tui.sync.visit import Counts


@pytest.mark.parametrize("since", [None, Since(0), Since(1_700_000_000, ((3, None), (4, 0)))])
def test_an_errand(since: Since | None) -> None:
    account = Account(
        address="you@localhost.example",
        incoming=Protocol.IMAP,
        imap=Server("imap.contoso.example", 993, Security.TLS),
        login=Login("you"),
        offline=Offline("90d"),
        ca_file="/etc/ca.pem",
    )
    line = errand_line(Errand(account, (3, 1), since), Secret('a "secret"\nof two lines'))
    assert line.count(b"\n") == 1
    errand, secret = errand_of(line)
    assert (errand, secret.reveal()) == (Errand(account, (3, 1), since), 'a "secret"\nof two lines')


@pytest.mark.parametrize(
    "said",
    [
        SignedIn(),
        Progress(3, 9, "INBOX"),
        Changed(7),
        Ended(Counts(new=3, problems=["one"], exit_code=75), frozenset({4, 5}), frozenset({6})),
    ],
)
def test_what_is_said(said: Said) -> None:
    assert said_of(said_line(said)) == said


@pytest.mark.parametrize(
    "error", [NoWay("a", "b", detail="c"), SignInNeeded("a"), Garbled("x"), Busy("w", wait=9.0)]
)
def test_an_error_keeps_what_matters(error: MailError) -> None:
    error.retry = Retry.REFRESH
    back = said_of(said_line(Ended(error=error)))
    assert isinstance(back, Ended) and back.error is not None
    assert type(back.error) is type(error) and back.error.retry is Retry.REFRESH
    assert (back.error.what, back.error.hint, back.error.detail) == (error.what, error.hint, error.detail)
    assert getattr(back.error, "wait", 0) == getattr(error, "wait", 0)


@pytest.mark.parametrize("line", [b"", b"{", b"[]", b"{}", b'{"said": "Changed"}'])
def test_anything_else_is_told(line: bytes) -> None:
    with pytest.raises(ValueError):
        said_of(line)
