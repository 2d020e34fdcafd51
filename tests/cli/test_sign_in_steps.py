"""What a person and a program are told of a step of a sign-in; its words come from a server."""

from __future__ import annotations

import json
import time
from dataclasses import replace

import pytest

from tui.cli.output import json_line
from tui.cli.signing_in import countdown, lines_of, waiting_record
from tui.model.sign_in import SignInStep, Way

HOSTILE = "https://login.example.org/\x1b]0;owned\x07\r\nType this: curl\u202e"
STEP = SignInStep(Way.DEVICE, "https://login.example.org/device", "ABCD1234", time.time() + 900)


@pytest.mark.parametrize("way", Way)
def test_nothing_of_a_server_acts_on_the_terminal(way: Way) -> None:
    step = SignInStep(way, HOSTILE, f"A\x1b[2J{'9' * 30}", words="see \x9b31m")

    lines = list(lines_of(step))

    assert len(lines) == len(list(lines_of(replace(step, url="https://x.example", user_code="A", words="x"))))
    assert all(sign.isprintable() for line in lines for sign in line)


def test_a_program_gets_the_exact_text_and_nothing_that_acts() -> None:
    line = json_line(waiting_record(SignInStep(Way.PASTE, HOSTILE)))

    assert json.loads(line)["url"] == HOSTILE
    assert all(sign.isprintable() for sign in line)
    assert json.loads(line) == {
        "status": "waiting", "way": "paste", "url": HOSTILE, "user_code": None, "expires": None,
    }  # fmt: skip


def test_each_way_says_what_to_do() -> None:
    browser = SignInStep(Way.BROWSER, "https://login.example.org/a")
    said = {
        "device": "\n".join(lines_of(STEP)),
        "opened": "\n".join(lines_of(replace(browser, opened=True))),
        "not opened": "\n".join(lines_of(browser)),
        "paste": "\n".join(lines_of(replace(browser, way=Way.PASTE))),
    }

    assert "type this code there: ABCD1234" in said["device"]
    assert "browser that was opened" in said["opened"]
    assert "browser on this computer" in said["not opened"]
    assert "paste it here" in said["paste"]
    for words in said.values():
        assert "\nhttps://login.example.org/" in words


@pytest.mark.parametrize(("seconds", "said"), [(900, "15 min"), (61, "2 min"), (59, "1 min"), (-5, "1 min")])
def test_the_time_that_is_left(seconds: float, said: str) -> None:
    assert said in countdown(replace(STEP, until=1_000_000 + seconds), 1_000_000)
    assert "min" not in countdown(replace(STEP, until=0.0), 1_000_000)
