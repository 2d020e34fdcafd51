"""Commands and answers between processes survive the way through JSON."""

from __future__ import annotations

import pytest

from tui.model.account import Protocol
from tui.model.command import (
    Fetch,
    FetchBody,
    GoOffline,
    NetworkCommand,
    ReloadSettings,
    SendNow,
    Stop,
    Summary,
    SwitchProtocol,
)
from tui.model.error import Busy, NotFound, Undecided
from tui.sync.letters import answer_from_json, answer_to_json, command_from_json, command_to_json

COMMANDS: list[NetworkCommand] = [
    Fetch("me@example.org", ("INBOX", "Projects/Ünïcode"), headers_only=True),
    FetchBody(7),
    SendNow((1, 2)),
    Stop("me@example.org"),
    GoOffline(True),
    ReloadSettings(),
    SwitchProtocol("me@example.org", Protocol.POP3, force=True),
]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: type(command).__name__)
def test_commands_come_back_equal(command: NetworkCommand) -> None:
    assert command_from_json(command_to_json(command)) == command


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"command":"Format"}', '{"command":"Fetch","x":1}', "3"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        command_from_json(text)


@pytest.mark.parametrize("answer", [None, True, 3, "text", (1, 2), (Summary("a@b", new=3, problems=("x",)),)])
def test_answers_come_back_equal(answer: object) -> None:
    assert answer_from_json(answer_to_json(answer)) == answer


@pytest.mark.parametrize("error", [NotFound("what", "hint"), Busy("what"), Undecided("w", "h", detail="d")])
def test_errors_keep_their_class_and_words(error: Exception) -> None:
    with pytest.raises(type(error)) as raised:
        answer_from_json(answer_to_json(error))
    assert vars(raised.value) == vars(error)
