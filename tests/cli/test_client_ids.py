"""Client ids in the shell: their form, and the way to one."""

from __future__ import annotations

import pytest

from tests.cli.program import Program

MINE = "00000000-0000-4000-8000-000000000000"


def add(program: Program, address: str, *words: str) -> str:
    """What `account add` says of an account that nobody has signed in to."""
    return program("--offline", "account", "add", address, *words).out


def test_without_an_id_the_next_step_is_to_give_one(program: Program) -> None:
    said = add(program, "you@outlook.com", "--provider", "outlook")
    assert "Next: outlook-tui account set you@outlook.com client_id=ID" in said
    assert "Then: outlook-tui account login you@outlook.com" in said


def test_with_an_id_it_is_to_sign_in(program: Program) -> None:
    said = add(program, "you@outlook.com", "--provider", "outlook", "--client-id", MINE)
    assert said.strip().endswith("Next: outlook-tui account login you@outlook.com")


@pytest.mark.parametrize(
    ("words", "client_id", "reason"),
    [
        (("--provider", "outlook"), "abc", "looks like 00000000-"),
        (("--provider", "gmail", "--auth", "oauth2"), "abc", "ends in .apps.googleusercontent.com"),
    ],
)
def test_an_id_of_another_form_is_refused(
    program: Program, words: tuple[str, ...], client_id: str, reason: str
) -> None:
    add(program, "you@example.org", *words)
    given = program("account", "set", "you@example.org", f"client_id={client_id}", code=65)
    assert reason in given.err
    assert "client_id" not in program.json("account", "show").record
    added = program(
        "--offline", "account", "add", "me@example.org", *words, "--client-id", client_id, code=65
    )
    assert reason in added.err


def test_a_service_of_ones_own_has_ids_of_its_own(program: Program) -> None:
    add(program, "you@outlook.com", "--provider", "outlook", "--authority", "https://login.contoso.example/x")
    program("account", "set", "client_id=abc")
    program("account", "set", "client_id=")
    login = program("account", "login", code=78)
    assert "login.contoso.example signs people in only for programs" in login.err
    assert "Microsoft" not in login.err


def test_an_unknown_key_names_the_nearest_first(program: Program) -> None:
    add(program, "you@outlook.com", "--provider", "outlook")
    near = program("account", "set", "ofline=all", code=65)
    assert "the nearest is offline" in near.err
    some = program("account", "set", "host=imap.example.org", code=65)
    assert "the nearest are" in some.err
    assert "imap_host" in some.err
    far = program("account", "set", "zzzzzz=1", code=65)
    assert "known are, the nearest first," in far.err
