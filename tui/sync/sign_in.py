"""Running sign-ins by OAuth: begun, answered, cancelled."""

from __future__ import annotations

from tui.model.command import BeginSignIn, CancelSignIn, PasteAnswer
from tui.model.error import SignInNeeded
from tui.sync.context import Context
from tui.sync.crew import Crew


class SignIns:
    """Carries out sign-ins, at most one an account at a time; any thread may call it."""

    def __init__(self, context: Context, crew: Crew) -> None:
        self._context = context
        self._crew = crew

    def carry_out(self, command: BeginSignIn | PasteAnswer | CancelSignIn) -> object:
        """The command's answer, as `model.command` says."""
        raise SignInNeeded("Signing in from here is not possible yet.")
