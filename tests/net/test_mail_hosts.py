"""Whose a host is, by its labels."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tui.model.preset import by_name
from tui.net.mail_hosts import AUTODISCOVER, MAIL_EXCHANGERS, domains_of, is_within, recognised

LABEL = st.text(string.ascii_lowercase + string.digits + "-", min_size=1, max_size=12)


@pytest.mark.parametrize(
    ("host", "names"),
    [
        ("contoso-com.mail.protection.outlook.com", ("microsoft365",)),
        ("contoso-com.a-v1.mx.microsoft", ("microsoft365",)),
        ("outlook-com.olc.protection.outlook.com", ("outlook",)),
        ("contoso-cn.mail.protection.partner.outlook.cn", ("microsoft-china",)),
        ("contoso-us.mail.protection.office365.us", ("microsoft-gcc-high", "microsoft-dod")),
        ("ASPMX.L.GOOGLE.COM.", ("gmail",)),
        ("alt1.aspmx.l.googlemail.com", ("gmail",)),
        ("mx-biz.mail.am0.yahoodns.net", ("yahoo",)),
        ("mx-aol.mail.gm0.yahoodns.net", ("aol",)),
        ("mx01.mail.icloud.com", ("icloud",)),
        ("in1-smtp.messagingengine.com", ("fastmail",)),
        ("mx.zoho.com", ("zoho-pro",)),
        ("mx2.zoho.com.au", ("zoho-pro.com.au",)),
        ("mail.protonmail.ch", ("proton",)),
        ("evil-outlook.com.example", ()),
        ("mail.protection.outlook.com.example", ()),
        ("notmail.protection.outlook.com", ()),
        ("xgoogle.com", ()),
        ("google.com.contoso.example", ()),
        ("mx.microsoft.example", ()),
        ("", ()),
    ],
)
def test_whose_a_mail_exchanger_is(host: str, names: tuple[str, ...]) -> None:
    assert recognised(host, MAIL_EXCHANGERS) == names


def test_every_name_in_the_tables_is_a_service() -> None:
    for _, names in (*MAIL_EXCHANGERS, *AUTODISCOVER):
        assert all(by_name(name) for name in names)


@given(st.lists(LABEL, max_size=4), st.sampled_from([ending for ending, _ in MAIL_EXCHANGERS]))
def test_labels_before_an_ending_change_nothing_and_letters_do(labels: list[str], ending: str) -> None:
    assert is_within(".".join([*labels, ending]), ending)
    assert not is_within(".".join([*labels, "x" + ending]), ending)
    assert not is_within(".".join([ending, *labels, "example"]), ending)


@pytest.mark.parametrize(
    ("host", "domains"),
    [
        ("mx.provider.example", ("provider.example",)),
        ("mx1.eu.provider.example", ("eu.provider.example", "provider.example")),
        ("mx.provider.co.uk", ("provider.co.uk",)),
        ("a.mx.provider.co.uk", ("mx.provider.co.uk", "provider.co.uk")),
        ("provider.example", ("provider.example",)),
        ("localhost", ()),
    ],
)
def test_domains_a_mail_exchanger_may_be_filed_under(host: str, domains: tuple[str, ...]) -> None:
    assert domains_of(host) == domains
