"""Errors of Microsoft's sign-in page, by their AADSTS number.

The numbers are those of Microsoft's reference of sign-in errors; an error without a number is found by its
OAuth name (RFC 6749 5.2, RFC 8628 3.5), which stands in `patterns`.
"""

from __future__ import annotations

from dataclasses import dataclass

from tui.model.explain_rule import Retry, Rule


@dataclass(frozen=True, slots=True)
class SignInRule:
    """A row of the sign-in table: the AADSTS numbers it stands for, and what is said of them."""

    numbers: frozenset[int]
    rule: Rule


def _row(
    name: str, numbers: set[int], title: str, meaning: str, fix: str, retry: Retry, *patterns: str
) -> SignInRule:
    return SignInRule(frozenset(numbers), Rule(name, "oauth", patterns, title, meaning, fix, retry))


MICROSOFT: tuple[SignInRule, ...] = (
    _row(
        "aad-wrong-password",
        {50126},
        "Wrong user name or password",
        "Microsoft did not recognise them.",
        "Try again in the browser; the password can be reset there.",
        Retry.USER,
    ),
    _row(
        "aad-unknown-account",
        {50034, 50020},
        "Microsoft does not know this account here",
        "It belongs to another organisation, or it is a personal account where a work account is expected.",
        "Pick the right account, and check whether it is a personal or a work account.",
        Retry.USER,
    ),
    _row(
        "aad-locked",
        {50053},
        "The account is locked for now",
        "There were too many sign-ins with a wrong password.",
        "Wait a while, or reset the password in the browser.",
        Retry.USER,
    ),
    _row(
        "aad-expired-password",
        {50055, 50057},
        "The password has expired or the account is disabled",
        "Microsoft does not let this account in until that is settled.",
        "Change the password in the browser, or ask your administrator to enable the account.",
        Retry.USER,
    ),
    _row(
        "aad-second-factor",
        {50072, 50074, 50076, 50078, 50079},
        "A second proof is needed",
        "Your organisation asks for another factor, such as a code or an app on the phone.",
        "Sign in again in the browser and confirm there.",
        Retry.USER,
        "interaction_required",
    ),
    _row(
        "aad-managed-device",
        {50097, 53000, 53001, 53002},
        "Your organisation wants a managed device or an approved app",
        "Mail may be read only on devices or in programs that it manages.",
        "Ask your administrator to approve this program, or use an approved one.",
        Retry.NEVER,
    ),
    _row(
        "aad-conditional-access",
        {53003, 530032, 530035, 50131, 50158},
        "Your organisation's rules blocked this sign-in",
        "A Conditional Access or security rule said no; signing in by a code is often what is blocked.",
        "Sign in through the browser instead of by code; otherwise ask your administrator.",
        Retry.USER,
    ),
    _row(
        "aad-not-assigned",
        {50105},
        "You are not on the list for this app",
        "Your organisation lets only chosen people use it.",
        "Ask your administrator to assign you to the app.",
        Retry.NEVER,
    ),
    _row(
        "aad-admin-approval",
        {65001, 90094, 90095},
        "An administrator must approve this app first",
        "Your organisation does not let people approve mail programs themselves.",
        "Send your administrator the approval link: the sign-in page and account login show it.",
        Retry.NEVER,
        "consent_required",
    ),
    _row(
        "aad-cancelled",
        {65004},
        "The sign-in was cancelled",
        "Cancel was pressed, or the permissions were not granted.",
        "Start the sign-in again.",
        Retry.USER,
        "access_denied",
        "authorization_declined",
    ),
    _row(
        "aad-unknown-app",
        {700016, 90002, 500011},
        "The app id or the organisation is unknown there",
        "The client id, the tenant or the cloud does not fit this account.",
        "Check client id and authority in the account's settings.",
        Retry.NEVER,
        "unauthorized_client",
    ),
    _row(
        "aad-app-disabled",
        {7000112},
        "The app registration was switched off",
        "Its owner or Microsoft disabled the client id.",
        "Enter another client id.",
        Retry.NEVER,
    ),
    _row(
        "aad-client-secret",
        {7000215, 7000222, 700025},
        "A client secret was sent that is wrong, expired or not wanted",
        "A mail program is a public client and has no secret.",
        "Remove the client secret; register the app for mobile and desktop.",
        Retry.NEVER,
    ),
    _row(
        "aad-public-client",
        {7000218},
        "The app registration does not allow public clients",
        'It is registered as a web app, or "Allow public client flows" is off.',
        "In the registration, under Authentication: add mobile and desktop, allow public client flows.",
        Retry.NEVER,
        "invalid_client",
    ),
    _row(
        "aad-redirect",
        {50011, 500113},
        "The way back from the browser is not registered",
        "The app registration does not list the redirect address that was used.",
        "Add http://localhost under mobile and desktop applications.",
        Retry.NEVER,
    ),
    _row(
        "aad-single-tenant",
        {50194},
        "The app is for one organisation only",
        "It was used through the common address, which is for apps of many organisations.",
        "Set the account's authority to your tenant.",
        Retry.NEVER,
    ),
    _row(
        "aad-audience",
        {9002331, 9002332},
        "The app takes the other kind of account",
        "It is made for personal accounts only, or for work accounts only.",
        "Set the account's authority to consumers (personal) or organizations (work).",
        Retry.NEVER,
    ),
    _row(
        "aad-scope",
        {70011, 65006, 650052, 650053, 650054, 650055, 650056, 650057, 28000},
        "A permission is missing or wrong",
        "The app registration lacks a mail permission, or it was asked of the wrong service.",
        "Add outlook.office.com's permissions (IMAP or POP, and SMTP.Send) to the registration.",
        Retry.NEVER,
        "invalid_scope",
    ),
    _row(
        "aad-grant-expired",
        {70008, 700082, 70000, 70043, 50173, 50089},
        "The saved sign-in has run out",
        "It was not used for 90 days, was revoked, or the password was changed.",
        "Sign in again; drafts and outbox are kept.",
        Retry.USER,
        "invalid_grant",
    ),
    _row(
        "aad-code-used",
        {54005},
        "The code was used twice",
        "A sign-in code counts only once.",
        "Start the sign-in again.",
        Retry.USER,
    ),
    _row(
        "aad-device-code",
        {70016, 70018, 70019, 70020},
        "The code was not entered yet, has run out or is wrong",
        "Microsoft waits for the code to be typed in the browser, about 15 minutes.",
        "Type the code that is shown, or take a new one.",
        Retry.BACKOFF,
        "authorization_pending",
        "slow_down",
        "expired_token",
        "code_expired",
        "bad_verification_code",
    ),
    _row(
        "aad-busy",
        {90033, 90006, 70012, 90055, 50196},
        "Microsoft's sign-in is busy",
        "It could not answer just now, or was asked too often in a short time.",
        "Wait: it is tried again by itself.",
        Retry.BACKOFF,
        "temporarily_unavailable",
        "http 429",
        "http 500",
        "http 502",
        "http 503",
        "http 504",
    ),
    _row(
        "aad-other-cloud",
        {90038, 50059},
        "The account lives in another cloud",
        "Microsoft found no organisation for it on the worldwide service.",
        "Type the full address, or choose the preset for US Government or China.",
        Retry.NEVER,
    ),
)
