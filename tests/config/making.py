"""Accounts of every form, for properties that must hold for all of them."""

from __future__ import annotations

from hypothesis import strategies as st

from tui.model.account import (
    Account,
    Auth,
    Keep,
    Login,
    Offline,
    Protocol,
    SecretSource,
    Security,
    SentCopy,
    Server,
)

_WORDS = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20)
_IDS = st.from_regex(r"[\x21-\x7e]{0,20}", fullmatch=True)
_NAMES = st.from_regex(r"[a-zA-Z0-9.\-ü]{1,20}", fullmatch=True)
_LOOPBACK = st.sampled_from(["localhost", "127.0.0.1", "::1"])
_PORTS = st.integers(1, 65535)
_SERVERS = st.one_of(
    st.builds(Server, _NAMES, _PORTS, st.sampled_from([Security.TLS, Security.STARTTLS])),
    st.builds(Server, _LOOPBACK, _PORTS, st.just(Security.PLAIN)),
)


def _logins() -> st.SearchStrategy[Login]:
    usernames = _WORDS.filter(bool)
    kept = st.sampled_from([SecretSource.KEYRING, SecretSource.SESSION])
    return st.one_of(
        st.builds(Login, usernames, st.sampled_from(Auth), kept),
        st.builds(
            Login, usernames, st.sampled_from(Auth), st.just(SecretSource.COMMAND), _WORDS.filter(bool)
        ),
    )


@st.composite
def accounts(draw: st.DrawFn) -> Account:
    """Any account that can be saved."""
    incoming = draw(st.sampled_from(Protocol))
    some = st.none() | _SERVERS
    return Account(
        address=draw(st.from_regex(r"[a-zA-Z0-9.+_\-é]{1,12}@[a-zA-Z0-9.\-]{1,12}", fullmatch=True)),
        name=draw(_WORDS),
        provider=draw(_WORDS),
        incoming=incoming,
        imap=draw(_SERVERS if incoming is Protocol.IMAP else some),
        pop3=draw(_SERVERS if incoming is Protocol.POP3 else some),
        smtp=draw(some),
        login=draw(_logins() if incoming is not Protocol.NONE else st.none() | _logins()),
        smtp_login=draw(st.none() | _logins()),
        keep=Keep(draw(st.sampled_from(["leave", "delete", "until-deleted", "14d"]))),
        offline=Offline(draw(st.sampled_from(["all", "headers", "90d"]))),
        fetch_up_to=draw(st.integers(0, 1_000_000)),
        sent_copy=draw(st.sampled_from(SentCopy)),
        signature=draw(st.lists(_WORDS, max_size=3).map("\n".join)),
        ca_file=draw(_WORDS),
        client_id=draw(_IDS),
        client_secret=draw(_IDS),
        authority=draw(st.sampled_from(["", "common", "contoso.example", "https://localhost:8443/common"])),
    )
