"""`account add` for a domain nobody named servers of: what was found is told with where it is from."""

from __future__ import annotations

import pytest

from tests.cli.program import Program
from tui.model.command import FindSettings
from tui.model.finding import Finding, Source
from tui.model.preset import by_name
from tui.sync import engine
from tui.sync.context import Context

MICROSOFT = by_name("microsoft365")


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[FindSettings]:
    """What the engine was asked to find; its answer is Microsoft 365, by the mail exchanger."""
    commands: list[FindSettings] = []

    def find(context: Context, command: FindSettings) -> tuple[Finding, ...]:
        commands.append(command)
        assert MICROSOFT is not None
        return (Finding(MICROSOFT, Source.MX, "by its mail exchanger \x1b[2Jcontoso-example.mail.test"),)

    monkeypatch.setattr(engine, "find_settings", find)
    return commands


def test_offline_only_the_table_and_a_guess(program: Program) -> None:
    result = program(
        "account", "add", "you@contoso.example", "--offline", "--password-command", "echo canary"
    )

    assert "guess" in result.err
    assert "imap.contoso.example:993  tls" in result.err
    assert program.json("account", "show").record["imap_host"] == "imap.contoso.example"


def test_microsoft_behind_a_domain_of_its_own(program: Program, asked: list[FindSettings]) -> None:
    result = program("account", "add", "you@contoso.example", "--no-test")

    assert asked == [FindSettings("you@contoso.example", network=True)]
    assert "Microsoft 365: by its mail exchanger" in result.err
    assert "\x1b" not in result.err
    shown = program.json("account", "show").record
    assert (shown["provider"], shown["auth"]) == ("microsoft365", "oauth2")
    assert shown["imap_host"] == "outlook.office365.com"
    assert "outlook-tui account login you@contoso.example" in result.out


@pytest.mark.parametrize(
    "words",
    [
        ("you@gmail.com",),
        ("you@contoso.example", "--provider", "fastmail"),
        ("you@contoso.example", "--imap-host", "mail.contoso.example"),
    ],
)
def test_nobody_is_asked_about_what_is_known(
    program: Program, asked: list[FindSettings], words: tuple[str, ...]
) -> None:
    program("account", "add", *words, "--no-test", "--password-command", "echo canary")

    assert asked == []


def test_what_is_no_address_is_not_looked_for(program: Program, asked: list[FindSettings]) -> None:
    result = program("account", "add", "you", code=65)

    assert result.err.startswith("'you' is not a mail address.")
    assert not asked
