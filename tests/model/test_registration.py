"""The way to a client id, as it is told."""

from __future__ import annotations

import pytest

from tui.model import registration
from tui.model.issuer import ISSUERS, Issuer


@pytest.mark.parametrize("issuer", ISSUERS, ids=lambda one: one.name)
def test_whoever_signs_people_in_has_reasons_and_steps(issuer: Issuer) -> None:
    why, steps, besides = registration.words_for(issuer)

    assert len(why) == 4
    assert all(line.isprintable() and line.endswith(".") for line in (*why, *steps, besides))
    assert steps[0].startswith("Open https://")


def test_every_permission_of_microsoft_is_named() -> None:
    microsoft = ISSUERS[0]
    permissions = [scope.rpartition("/")[2] for scope in (microsoft.imap, microsoft.pop3, microsoft.smtp)]

    told = " ".join(registration.STEPS)

    for name in (*permissions, *microsoft.always, "http://localhost", registration.PORTAL):
        assert name in told, name


def test_what_google_gives_has_a_way_in_that_is_no_argument() -> None:
    assert "--client-secret-stdin" in registration.GOOGLE_GIVEN
    assert "client_secret=-" in registration.GOOGLE_GIVEN
