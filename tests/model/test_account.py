"""What follows from how an account signs in."""

from __future__ import annotations

import pytest

from tui.model.account import Auth, Login, Offline, SecretSource, by_oauth


def test_who_is_approved_and_who_types() -> None:
    assert by_oauth(Login("x", Auth.OAUTH2))
    assert by_oauth(Login("x", Auth.OAUTH2, SecretSource.SESSION))
    assert not by_oauth(None)
    assert not by_oauth(Login("x", Auth.PASSWORD))
    assert not by_oauth(Login("x", Auth.OAUTH2, SecretSource.COMMAND, "mytoken"))


@pytest.mark.parametrize(
    "text", ["", "soon", "all;", "all; headers", "all; =all", "all; A=soon", "A=all", "0d"]
)
def test_what_offline_cannot_be(text: str) -> None:
    with pytest.raises(ValueError, match="offline must be"):
        Offline(text)


def test_offline_of_a_folder_and_those_inside_it() -> None:
    offline = Offline("90d; Lists=headers; Lists/Mine = all; a=b=30d")
    assert (offline.usual, offline.days) == ("90d", 90)
    rules = {"INBOX": "90d", "Lists": "headers", "Lists/x/y": "headers", "Lists/Mine/z": "all", "a=b": "30d"}
    assert {name: offline.of(name).text for name in rules} == rules
    assert offline.of("List").text == "90d"
    assert offline.but("Lists", "").text == "90d; Lists/Mine=all; a=b=30d"
    assert Offline().but("Work", "headers").text == "all; Work=headers"
    with pytest.raises(ValueError, match="; in its name"):
        offline.but("a;b", "all")
