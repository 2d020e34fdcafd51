"""The ways from the mail screen to the screens beside it."""

from __future__ import annotations

from textual import work

from tui.model.error import MailError
from tui.ui.screens.mail_base import MailBase


class Elsewhere(MailBase):
    """Opens the outbox, the settings, what is on this disk, and the changes that a server refused."""

    def action_outbox(self) -> None:
        """See what waits to be sent."""
        from tui.ui.screens.outbox import OutboxScreen

        self.app.push_screen(OutboxScreen(self.desk))

    def action_settings(self) -> None:
        """Change settings and accounts."""
        from tui.ui.screens.settings import SettingsScreen

        self.app.push_screen(SettingsScreen(self.desk))

    def action_disk(self) -> None:
        """See what is kept on this computer, beginning with the account shown."""
        from tui.ui.screens.disk import DiskScreen

        self.app.push_screen(DiskScreen(self.desk, self.place.account))

    @work(exclusive=True, group="refused")
    async def action_refused(self) -> None:
        """List what was refused or waits to be told, and ask what shall become of it."""
        from tui.ui.screens.refused import look_at_changes

        try:
            self.flash(await look_at_changes(self.app, self.desk))
        except MailError as error:
            self.tell(error)
