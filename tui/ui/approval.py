"""When an organisation's administrator has to approve the program: what to send to whom. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tui.model.consent import admin_consent_url, message_to_admin, tenant_of
from tui.model.error import MailError
from tui.model.issuer import Identity

_NOT_APPROVED = re.compile(r"\bAADSTS(?:65001|90094|90095)\b", re.IGNORECASE)
"""Nobody has consented; an administrator has to; it can be asked for on Microsoft's own page."""


@dataclass(frozen=True, slots=True)
class Approval:
    """The page on which an administrator approves, and a message that asks for it and names that page."""

    link: str
    message: str


def approval(error: MailError, identity: Identity, address: str) -> Approval | None:
    """What to send to the administrator of an address; None where a failed sign-in needs none."""
    if not _NOT_APPROVED.search(error.detail) or not identity.client_id:
        return None
    link = admin_consent_url(identity, tenant_of(identity, address))
    return Approval(link, message_to_admin(identity, address))
