"""From the words of a command line to a command with its options, or to a sentence on what is wrong.

argparse reads the options of one command; finding the command is done here, because global options may stand
anywhere and only the parser that is needed should be built (`list` has 150 ms in all).
"""

from __future__ import annotations

import argparse
import difflib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Never

from tui.model.error import BadUsage

PROGRAM = "outlook-tui"
_NO_OPTION = "-ERR"  # how a POP3 server begins a refusal, which people give to `explain` as it is


class Parser(argparse.ArgumentParser):
    """The options of one command. Wrong words raise BadUsage instead of ending the process.

    Options may stand before or after the other words; `--` ends them.
    """

    def __init__(self, command: str, summary: str = "") -> None:
        self._takes_value: dict[str, bool] = {}
        self._command = command
        super().__init__(
            prog=f"{PROGRAM} {command}".strip(), description=summary, allow_abbrev=False, exit_on_error=False
        )

    def add_argument(self, *names: Any, **details: Any) -> argparse.Action:  # noqa: ANN401 - argparse's own
        """Like argparse's own; options are remembered for hints and for putting them first."""
        action = super().add_argument(*names, **details)
        for option in action.option_strings:
            self._takes_value[option] = action.nargs != 0
        return action

    @property
    def options(self) -> tuple[str, ...]:
        """Every option in long form, in the order in which it was added."""
        return tuple(option for option in self._takes_value if option.startswith("--"))

    def read(self, words: Sequence[str]) -> argparse.Namespace:
        """Parse the words of this command. Raises BadUsage."""
        try:
            options = self.parse_args(self._options_first(words))
        except argparse.ArgumentError as error:
            self.error(str(error))
        for name, value in vars(options).items():
            if name not in _FILES:
                setattr(options, name, _text(value))
        return options

    def _options_first(self, words: Sequence[str]) -> list[str]:
        options: list[str] = []
        others: list[str] = []
        rest = iter(words)
        for word in rest:
            if word == "--":
                others.extend(rest)
            elif word == "-" or not word.startswith("-") or word.startswith(_NO_OPTION):
                others.append(word)
            else:
                self._check_option(word)
                options.append(word)
                if self._takes_value[word.split("=", 1)[0]] and "=" not in word:
                    options.extend(value for _, value in zip("1", rest, strict=False))
        return [*options, "--", *others] if others else options

    def _check_option(self, word: str) -> None:
        name = word.split("=", 1)[0]
        if name not in self._takes_value:
            what = f"{self.prog} has no option {name}."
            raise BadUsage(what, nearest(name, self.options) or f"See: {self.prog} --help")

    def error(self, message: str) -> Never:
        """Raise BadUsage with argparse's sentence."""
        raise BadUsage(f"{self.prog}: {message}.", f"See: {self.prog} --help")


Define = Callable[[Parser], None]


@dataclass(frozen=True, slots=True)
class Command:
    """One command: a sentence, where its handler is (`module:function`), and what words it takes.

    The handler is imported only when it is run. It takes a Shell and the parsed options and answers the
    exit code.
    """

    summary: str
    handler: str
    define: Define


def add_globals(parser: Parser) -> None:
    """The options that every command takes, and that may also stand before the command."""
    parser.add_argument("--home", metavar="DIR", help="keep configuration, mail and logs below DIR")
    parser.add_argument("--account", metavar="ADDRESS", help="choose an account")
    parser.add_argument("--json", action="store_true", help="print JSON, one object a line")
    parser.add_argument("--offline", action="store_true", help="do not use the network")


_FILES = frozenset(
    {"home", "ca_file", "file", "files", "body_file", "attach", "dest", "save_attachments", "paths"}
)
GLOBAL_VALUES = frozenset({"--home", "--account"})
_HELP = frozenset({"--help", "-h"})
GLOBAL_FLAGS = _HELP | {"--json", "--offline", "--demo", "--version"}


def nearest(word: str, known: Collection[str]) -> str:
    """A hint that names what was probably meant, "" when nothing is near."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    return f"Did you mean {close[0]}?" if close else ""


def _text(value: Any) -> Any:  # noqa: ANN401 - whatever argparse made of a word
    """The same, with words that the locale could not read (PEP 383) read as UTF-8."""
    if isinstance(value, list):
        return [_text(one) for one in value]
    if not isinstance(value, str):
        return value
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return os.fsencode(value).decode("utf-8", "replace")
    return value


@dataclass(frozen=True, slots=True)
class Found:
    """The command's name, "" where no command stands, and all other words in their order."""

    name: str
    words: tuple[str, ...]


def find_command(words: Sequence[str], commands: Mapping[str, Command]) -> Found:
    """Find the command among global options that may stand before, inside and after it.

    A family such as `outbox` or `account` is found by its second word; where the family's own name is also
    a command, that one is the default. Raises BadUsage for an unknown command.
    """
    places = _bare_words(words)
    if not places:
        return Found("", tuple(words))
    first = words[places[0]]
    if first.lower().startswith("mailto:"):
        return Found("compose", tuple(words))
    pair = f"{first} {words[places[1]]}" if len(places) > 1 else ""
    if pair in commands:
        return Found(pair, _without(words, places[:2]))
    if first in commands:
        return Found(first, _without(words, places[:1]))
    if not pair and _HELP.intersection(words) and any(name.startswith(f"{first} ") for name in commands):
        return Found("", ("--help",))
    raise _unknown(first, pair, commands)


def _unknown(first: str, pair: str, commands: Mapping[str, Command]) -> BadUsage:
    family = [name for name in commands if name.startswith(f"{first} ")]
    if family:
        hint = nearest(pair, family) if pair else ""
        listed = ", ".join(name.split(" ", 1)[1] for name in family)
        what = (
            f"{PROGRAM} {first} has no command {pair[len(first) + 1 :]!r}."
            if pair
            else f"{first} needs a word."
        )
        return BadUsage(what, hint or f"One of: {listed}.")
    what = f"{PROGRAM} has no command {first!r}."
    return BadUsage(what, nearest(first, commands) or f"See: {PROGRAM} --help")


def _bare_words(words: Sequence[str]) -> list[int]:
    """Places of the first two words that are neither global options nor their values."""
    places: list[int] = []
    skip = False
    for place, word in enumerate(words):
        if skip:
            skip = False
        elif word in GLOBAL_VALUES:
            skip = True
        elif not word.startswith("-"):
            places.append(place)
        elif word.split("=", 1)[0] not in GLOBAL_VALUES | GLOBAL_FLAGS:
            break
        if len(places) == 2:
            break
    return places


def _without(words: Sequence[str], places: Collection[int]) -> tuple[str, ...]:
    return tuple(word for place, word in enumerate(words) if place not in places)
