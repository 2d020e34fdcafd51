"""Network commands and their answers as JSON, for the process that holds the engine lock."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from tui.model import error as errors
from tui.model.account import Protocol
from tui.model.command import NETWORK, NetworkCommand, Summary
from tui.model.error import MailError

_COMMANDS = {kind.__name__: kind for kind in NETWORK}
_ERRORS: dict[str, type[MailError]] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, MailError)
}


def command_to_json(command: NetworkCommand) -> str:
    """A network command as one JSON object."""
    return json.dumps({"command": type(command).__name__, **dataclasses.asdict(command)})


def command_from_json(text: str) -> NetworkCommand:
    """The command of `command_to_json`. Raises ValueError for anything else, also of a newer version."""
    try:
        fields = json.loads(text)
        kind = _COMMANDS[fields.pop("command")]
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in fields.items()
        }
        if "protocol" in values:
            values["protocol"] = Protocol(values["protocol"])
        return kind(**values)
    except (KeyError, TypeError, AttributeError) as cause:
        raise ValueError("not a request of this version") from cause


def answer_to_json(answer: object) -> str:
    """What a command answered: summaries, ids, text, truth or nothing; or the MailError it ended with."""
    if isinstance(answer, MailError):
        fields = {"what": answer.what, "hint": answer.hint, "detail": answer.detail}
        return json.dumps({"error": type(answer).__name__, **fields})
    if isinstance(answer, tuple) and answer and isinstance(answer[0], Summary):
        return json.dumps({"summaries": [dataclasses.asdict(one) for one in answer]})
    return json.dumps({"value": answer})


def answer_from_json(text: str) -> object:
    """The answer of `answer_to_json`; raises the MailError if it was one."""
    fields = json.loads(text)
    if "error" in fields:
        kind = _ERRORS.get(fields["error"], MailError)
        raise kind(fields["what"], fields["hint"], detail=fields["detail"])
    if "summaries" in fields:
        return tuple(Summary(**{**one, "problems": tuple(one["problems"])}) for one in fields["summaries"])
    value = fields["value"]
    return tuple(value) if isinstance(value, list) else value
