"""One run of the command line: find the command, call its handler, turn every end into an exit code."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from tui.cli.commands import COMMANDS, SCREEN, define
from tui.cli.output import Output, cannot_print
from tui.cli.parser import PROGRAM, Command, Parser, find_command
from tui.cli.shell import Shell
from tui.model.error import MailError

Handler = Callable[[Shell, argparse.Namespace], int]

DONE = 0
FAULT = 1
INTERRUPTED = 130


def run(words: Sequence[str]) -> int:
    """Run the command in `words` and answer its exit code (see the table of the command line contract)."""
    try:
        code = _run(words)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        return _reader_left()
    return _flushed(code)


def _flushed(code: int) -> int:
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _reader_left()
    except OSError as error:  # a file that takes no more
        _reader_left()
        if not code:
            failure = cannot_print(error)
            Output(as_json=False).error(failure)
            return failure.exit_code
    return code


def _run(words: Sequence[str]) -> int:
    output = Output("--json" in words)
    try:
        command, options = parse(words)
    except MailError as error:
        output.error(error)
        return error.exit_code
    except SystemExit:  # --help has been printed
        return DONE
    if getattr(options, "version", False):
        from tui import __version__

        output.verbatim(f"{PROGRAM} {__version__}")
        return DONE
    shell = Shell(options.home, options.account or "", options.offline, output)
    try:
        return _handler(command)(shell, options)
    except MailError as error:
        shell.log_error(error)
        output.error(error)
        return error.exit_code
    except (BrokenPipeError, KeyboardInterrupt):
        raise
    except Exception as fault:  # noqa: BLE001 - the top of the process: whatever it is becomes a sentence
        return _unexpected(fault, shell)
    finally:
        shell.close()


def parse(words: Sequence[str]) -> tuple[Command, argparse.Namespace]:
    """The command in `words` and its options. Raises BadUsage, SystemExit when help has been printed."""
    found = find_command(words, COMMANDS)
    command = COMMANDS.get(found.name, SCREEN)
    parser = define(Parser(found.name, command.summary), command)
    if not found.name:
        parser.usage = f"{PROGRAM} [OPTIONS] [COMMAND …]"
        parser.epilog = overview()
        parser.formatter_class = argparse.RawDescriptionHelpFormatter
    return command, parser.read(found.words)


def overview() -> str:
    """One line a command, for --help."""
    width = max(len(name) for name in COMMANDS)
    lines = [f"  {name:<{width}}  {command.summary}" for name, command in COMMANDS.items()]
    return "\n".join(["commands:", *lines, "", f"{PROGRAM} COMMAND --help tells more about one."])


def _handler(command: Command) -> Handler:
    module, function = command.handler.split(":")
    handler: Handler = getattr(import_module(module), function)
    return handler


def _reader_left() -> int:
    """Whoever read our output has enough: no complaint now, and none when Python flushes at its end."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
    return DONE


def _unexpected(fault: Exception, shell: Shell) -> int:
    """A fault of ours: its places go to the log, without the values of variables."""
    shell.output.note(f"Something went wrong inside {PROGRAM} ({type(fault).__name__}). Your mail is safe.")
    try:
        where = f" The log has the details: {shell.start_log()}"
        shell.log_error(fault)
    except MailError:
        where = ""
    shell.output.note(f"Please report it.{where}")
    return FAULT
