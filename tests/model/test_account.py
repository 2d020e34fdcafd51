"""What follows from how an account signs in."""

from __future__ import annotations

from tui.model.account import Auth, Login, SecretSource, by_oauth


def test_who_is_approved_and_who_types() -> None:
    assert by_oauth(Login("x", Auth.OAUTH2))
    assert by_oauth(Login("x", Auth.OAUTH2, SecretSource.SESSION))
    assert not by_oauth(None)
    assert not by_oauth(Login("x", Auth.PASSWORD))
    assert not by_oauth(Login("x", Auth.OAUTH2, SecretSource.COMMAND, "mytoken"))
