"""Mail servers and senders, as operators write them."""

import pytest

from tests.cli.terminal import refused
from tracker.kernel.errors import Unfit
from tracker.kernel.mail import Mailbox, MailServer, is_mailbox, read_mail_server, read_mailbox


def test_a_mail_server_is_read() -> None:
    assert read_mail_server(
        "smtp://me%40here:p%2Fss%20w@mail.example.org:2525?starttls=required"
    ) == (
        MailServer(
            host="mail.example.org",
            port=2525,
            is_tls=False,
            has_starttls=True,
            user="me@here",
            password="p/ss w",
        )
    )


@pytest.mark.parametrize(
    ("url", "port", "is_tls", "has_starttls"),
    [
        ("smtp://mail.example.org", 25, False, True),
        ("smtp://me:pw@mail.example.org", 587, False, True),
        ("smtp://mail.example.org?starttls=never", 25, False, False),
        ("smtps://me:pw@mail.example.org/", 465, True, False),
        ("smtp://localhost:1025", 1025, False, False),
        ("smtp://localhost:1025?starttls=required", 1025, False, True),
        ("smtp://[::1]:1025", 1025, False, False),
    ],
)
def test_tls_is_demanded_but_of_this_machine(
    url: str, port: int, is_tls: bool, has_starttls: bool
) -> None:
    server = read_mail_server(url)
    assert (server.port, server.is_tls, server.has_starttls) == (port, is_tls, has_starttls)


WRONG_SERVERS = [
    "",
    "mail.example.org",
    "http://mail.example.org",
    "smtp://",
    "smtp://:587",
    "smtp://mail.example.org:0",
    "smtp://mail.example.org:hundred",
    "smtp://mail.example.org:70000",
    "smtp://me:hunter2#x@mail.example.org",
    "smtp://me:hunter2/x@mail.example.org",
    "smtp://:hunter2@mail.example.org",
    "smtp://mail.example.org/inbox",
    "smtp://mail.example.org?starttls=maybe",
    "smtp://mail.example.org?starttls",
    "smtp://mail.example.org?tls=1",
    "smtp://mail.example.org?starttls=never&starttls=required",
    "smtps://mail.example.org?starttls=required",
    "smtp://mail.exa mple.org",
    "smtp://mail.example.org\nx",
    "smtp://[::1",
]


@pytest.mark.parametrize("url", WRONG_SERVERS)
def test_a_wrong_mail_server_is_named_without_its_password(url: str) -> None:
    with pytest.raises(Unfit, match=r"^(must|has|holds|names|knows|takes|needs)") as caught:
        read_mail_server(url)
    assert "hunter2" not in f"{caught.value} {caught.value.said.say('fr')}"


def test_the_password_is_not_shown() -> None:
    assert "hunter2" not in repr(read_mail_server("smtp://me:hunter2@mail.example.org"))


def test_a_sender_is_read() -> None:
    assert read_mailbox("tracker@example.org") == Mailbox("tracker@example.org")
    assert read_mailbox("Our tracker <t@example.org>") == Mailbox("t@example.org", "Our tracker")
    assert read_mailbox("Our tracker <t@example.org>").domain == "example.org"


@pytest.mark.parametrize(
    "text",
    ["", "tracker", "a@b@c", "a@x, b@x", "t@example.org\r\nBcc: eve@x", "té@example.org", "a b@x"],
)
def test_a_wrong_sender_is_refused(text: str) -> None:
    with pytest.raises(Unfit, match=r"^(must|holds)"):
        read_mailbox(text)


def test_an_address_without_end_is_judged_at_once() -> None:
    assert not is_mailbox("a" * 50_000 + "!")
    assert not is_mailbox("a@" + "a" * 50_000 + "!")
    assert not is_mailbox("a@" + "a." * 50_000)


@pytest.mark.parametrize(
    ("name", "value"),
    [("TRACKER_SMTP_URL", "smtp://me:hunter2@mail.example.org:port"), ("TRACKER_MAIL_FROM", "me")],
)
def test_the_start_is_refused_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    told = refused("web")
    assert told.startswith(f"The settings cannot be read: {name}: must be ")
    assert "hunter2" not in told
