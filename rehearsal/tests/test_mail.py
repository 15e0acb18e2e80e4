"""Mail in through real SMTP, out through the mailbox pages."""

import smtplib
import time
from collections.abc import Callable
from email.message import EmailMessage

import httpx
import pytest

from rehearsal.client import Rehearsal
from rehearsal.testing import RunningRehearsal

PIXEL = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000")


def letter(to: str = "anna@example.com", subject: str = "Order placed") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "shop@example.com", to, subject
    mail["List-Unsubscribe"] = "<https://shop.test/u/1>"
    mail.set_content("Thank you, 24.68 €")
    mail.add_alternative(
        '<p style="color:red">Thank you</p><img src="cid:logo"><script>alert(1)</script>',
        subtype="html",
    )
    return mail


@pytest.fixture
def send(server: RunningRehearsal) -> Callable[[EmailMessage], object]:
    def post(mail: EmailMessage) -> object:
        with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=10) as smtp:
            return smtp.send_message(mail)

    return post


def test_a_mail_is_kept_with_its_text_html_and_headers(
    control: Rehearsal, send: Callable[[EmailMessage], object]
) -> None:
    send(letter(subject="Bestellung übermittelt"))
    (mail,) = control.wait_for_mail(to="anna@example.com")
    assert mail["subject"] == "Bestellung übermittelt"
    assert mail["text"].strip() == "Thank you, 24.68 €"
    assert "Thank you" in mail["html"]
    assert mail["headers"]["list-unsubscribe"] == "<https://shop.test/u/1>"
    assert (mail["sender"], mail["recipients"]) == ("shop@example.com", ["anna@example.com"])


def test_mails_are_found_by_recipient_and_subject_newest_first(
    control: Rehearsal, send: Callable[[EmailMessage], object]
) -> None:
    for to, subject in [("anna@a.test", "One"), ("bert@b.test", "Two"), ("anna@a.test", "Three")]:
        send(letter(to, subject))
    assert [m["subject"] for m in control.mails(to="ANNA@")] == ["Three", "One"]
    assert [m["subject"] for m in control.mails(subject="tw")] == ["Two"]
    assert control.mails(to="nobody") == []
    with pytest.raises(TimeoutError, match="0 of 1"):
        control.wait_for_mail(to="nobody", timeout=0.1)


def test_login_and_long_lines_are_accepted(server: RunningRehearsal, control: Rehearsal) -> None:
    with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=10) as smtp:
        smtp.login("shop", "any password")
        mail = EmailMessage()
        mail["To"] = "grüße@example.com"
        mail.set_content("x" * 100_000)
        smtp.send_message(mail, "a@b.test", ["grüße@example.com"], mail_options=["SMTPUTF8"])
    assert len(control.mails()[0]["text"]) > 100_000


def test_the_mailbox_shows_a_mail_without_letting_it_do_anything(
    server: RunningRehearsal, control: Rehearsal, send: Callable[[EmailMessage], object]
) -> None:
    mail = letter(subject="<b>Bold</b>")
    html = mail.get_payload()[1]  # type: ignore[index] # a multipart has a list
    html.add_related(PIXEL, "image", "png", cid="<logo>")
    send(mail)
    mail_id = control.mails()[0]["id"]
    listed = httpx.get(f"{server.base_url}/mail?to=anna").text
    assert "&lt;b&gt;Bold&lt;/b&gt;" in listed
    assert "No mail for this recipient" in httpx.get(f"{server.base_url}/mail?to=zoe").text
    shown = httpx.get(f"{server.base_url}/mail/{mail_id}")
    assert f'src="/mail/{mail_id}/html"' in shown.text
    assert 'sandbox="allow-popups' in shown.text
    framed = httpx.get(f"{server.base_url}/mail/{mail_id}/html")
    assert "default-src 'none'" in framed.headers["content-security-policy"]
    assert "sandbox" in framed.headers["content-security-policy"]
    assert f"/mail/{mail_id}/part/logo" in framed.text
    picture = httpx.get(f"{server.base_url}/mail/{mail_id}/part/logo")
    assert (picture.headers["content-type"], picture.content) == ("image/png", PIXEL)
    raw = httpx.get(f"{server.base_url}/mail/{mail_id}/raw")
    assert b"List-Unsubscribe" in raw.content
    for missing in ("/mail/nothing", "/mail/nothing/html", f"/mail/{mail_id}/part/none"):
        assert httpx.get(server.base_url + missing).status_code == 404


def test_a_recipient_can_be_refused_for_good_or_for_now(
    server: RunningRehearsal, control: Rehearsal, send: Callable[[EmailMessage], object]
) -> None:
    control.mail_fault("reject", code=450, text="4.2.1 Try later", to="anna@", times=1)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
        send(letter())
    assert refused.value.recipients["anna@example.com"] == (450, b"4.2.1 Try later")
    send(letter())
    control.mail_fault("reject", code=554, text="5.7.1 Spam", at="data", times=1)
    with pytest.raises(smtplib.SMTPDataError, match=r"5\.7\.1 Spam"):
        send(letter())
    assert len(control.mails()) == 1


def test_a_mail_can_be_taken_without_saying_so(
    control: Rehearsal, send: Callable[[EmailMessage], object]
) -> None:
    control.mail_fault("drop", times=1)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        send(letter())
    assert len(control.mails()) == 1


def test_a_mail_can_take_its_time(
    control: Rehearsal, send: Callable[[EmailMessage], object]
) -> None:
    control.mail_fault("delay", seconds=0.3, times=1)
    began = time.monotonic()
    send(letter())
    assert time.monotonic() - began > 0.3


def test_faults_end_with_a_reset_and_nonsense_is_refused(
    control: Rehearsal, send: Callable[[EmailMessage], object]
) -> None:
    control.mail_fault("reject")
    control.reset(books=False)
    send(letter())
    for wrong in ({"kind": "explode"}, {"kind": "reject", "code": 200},
                  {"kind": "reject", "at": "helo"}, {"kind": "delay", "colour": 1}):  # fmt: skip
        with pytest.raises(httpx.HTTPStatusError, match="400"):
            control.mail_fault(str(wrong.pop("kind")), **wrong)


def test_a_mail_that_is_not_one_is_kept_all_the_same(
    server: RunningRehearsal, control: Rehearsal
) -> None:
    strange = (
        b"Content-Type: text/html; charset=nonsense\r\nSubject: =?x?q?=ff?=\r\n\r\n<p>\xff\x00"
    )
    with smtplib.SMTP("127.0.0.1", server.smtp_port, timeout=10) as smtp:
        smtp.sendmail("a@b.test", ["c@d.test"], strange)
        smtp.sendmail("a@b.test", ["c@d.test"], b"")
    assert len(control.mails()) == 2
    assert httpx.get(f"{server.base_url}/mail").status_code == 200
    for mail in control.mails():
        assert httpx.get(f"{server.base_url}/mail/{mail['id']}").status_code == 200
