"""Hand-made messages that the tests of mail start from."""

from __future__ import annotations

EVERYTHING = b"""Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=contoso.example;\r
 dkim=fail (bad signature) header.d=contoso.example\r
Authentication-Results: forged.example; dmarc=pass\r
Received: from out.contoso.example by mx.example.org; Mon, 02 Mar 2026 09:00:01 +0000\r
From: =?utf-8?q?Buchhaltung_B=C3=BCro?= <billing@contoso.example>\r
To: you@example.org\r
Subject: =?iso-8859-1?Q?Rechnung_f=FCr?=\r
 =?iso-8859-1?Q?_M=E4rz?=\r
Date: Mon, 02 Mar 2026 10:00:00 +0100\r
Message-ID: <invoice-1@contoso.example>\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed; boundary="outer"\r
\r
This is a message in MIME format.\r
--outer\r
Content-Type: multipart/related; boundary=related\r
\r
--related\r
Content-Type: multipart/alternative; boundary=inner\r
\r
--inner\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: quoted-printable\r
\r
Guten Tag,\r
\r
anbei die =\r
Rechnung.\r
\r
--inner\r
Content-Type: text/html; charset=utf-8\r
\r
<p>Guten Tag, <a href="https://contoso.example/pay">zahlen</a>\r
<img src="https://contoso.example/track.gif"><img src="cid:logo@contoso.example">\r
--inner--\r
--related\r
Content-Type: image/png\r
Content-Disposition: inline\r
Content-ID: <logo@contoso.example>\r
Content-Transfer-Encoding: base64\r
\r
iVBORw0KGgo=\r
--related--\r
\r
--outer\r
Content-Type: application/pdf; name*=utf-8''Rechnung%20M%C3%A4rz.pdf\r
Content-Disposition: attachment; filename*=utf-8''Rechnung%20M%C3%A4rz.pdf\r
Content-Transfer-Encoding: base64\r
\r
JVBERi0xLjcK\r
--outer\r
Content-Type: message/rfc822\r
\r
Subject: inner\r
\r
text\r
--outer--\r
"""

INVITATION = b"""From: calendar@contoso.example
To: you@example.org
Subject: Budget meeting
Content-Type: multipart/alternative; boundary=a

--a

You are invited.

--a
Content-Type: text/calendar; method=REQUEST; charset=utf-8

BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
SUMMARY:Budget meeting
DTSTART;TZID=Europe/Berlin:20260302T100000
DTEND;TZID=Europe/Berlin:20260302T110000
END:VEVENT
END:VCALENDAR
--a--
"""

FLOWED = b"""From mbox@example.org Mon Mar  2 10:00:00 2026
From: list@lists.example (The List)
To: Group: a@x.example, "B, C" <b@x.example>;
Subject: Re: [list] flowed
Content-Type: text/plain; format=flowed; delsp=yes
References: <a@x> <b@x>

>> two deep\x20
>> and on
> one
own\x20
words

--\x20
Desk
"""

BROKEN = b"""Subject: no end
garbage here
Content-Type: multipart/mixed; boundary

--b
Content-Type: text/plain; charset=x-unknown

\xff\xfe text
--b
Content-Type: multipart/mixed; boundary="b"

--b
"""

NEWSLETTER = b"""From: "news@bank.example" <offers@shop.example>
Reply-To: collect@other.example
Subject: Offers
Content-Type: text/html; charset=windows-1252

<html><head><style>p { color: red }</style></head><body>
<div style="display:none">preheader&zwnj;&nbsp;&zwnj;</div>
<table><tr><td><h1>Offers</h1><p>Tea \x80 3 <a href="http://192.0.2.1/">buy</a></td></tr></table>
<blockquote>quoted</blockquote><ul><li>one<li>two</ul></body></html>
"""

ALL = (EVERYTHING, INVITATION, FLOWED, BROKEN, NEWSLETTER)

PIECES = (
    *(
        b"\n",
        b"\r\n",
        b"\r",
        b"\n\n",
        b"--",
        b"--outer",
        b"--outer--",
        b"=?utf-8?q?",
        b"?=",
        b'"',
        b"<",
        b">",
    ),
    *(b"(", b";", b":", b"\x00", b"\x1b[2J", b"\xff", b"&#", b"*0*=", b"%", b"=", b"<table><td>", b"<div>"),
    b"boundary=",
    b"From ",
    b"Content-Type: multipart/mixed; boundary=outer\n",
    b"Content-Type: message/rfc822\n",
    b"Content-Transfer-Encoding: base64\n",
    b"Content-Transfer-Encoding: x-uuencode\n",
)


def alternative(plain: str, html: str) -> bytes:
    """A multipart/alternative message of the two texts."""
    return (
        b"Content-Type: multipart/alternative; boundary=a\n\n--a\nContent-Type: text/plain; charset=utf-8\n\n"
        + plain.encode()
        + b"\n--a\nContent-Type: text/html; charset=utf-8\n\n"
        + html.encode()
        + b"\n--a--\n"
    )
