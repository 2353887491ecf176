"""Mails handed in at a real server, and what is made of each thing that it may do."""

import logging
import ssl
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from threading import Thread
from time import monotonic
from uuid import uuid4

import pytest

from tests.certificates import a_certificate
from tests.servers.home import free_port
from tests.servers.smtp import CLOSE, HANG, TAKE_AND_CLOSE, Fault, Mailbox, start_mailbox
from tracker.connectors.email.client import EmailCarrier
from tracker.connectors.email.log_mailbox import LogMailbox
from tracker.connectors.letter import Action, Answer, Letter, Outcome, Parcel
from tracker.kernel.mail import Mailbox as Sender
from tracker.kernel.mail import read_mail_server

ACCEPTED, DEFERRED, REFUSED, GONE, UNKNOWN = (
    Outcome.ACCEPTED,
    Outcome.DEFERRED,
    Outcome.REFUSED,
    Outcome.GONE,
    Outcome.UNKNOWN,
)
SENDER = Sender("tracker@example.org", "Tracker")
WITH_AND_WITHOUT = pytest.mark.parametrize("extensions", [(), ("PIPELINING", "8BITMIME")])


def a_letter(subject: str = "Say why is due on Thursday") -> Letter:
    return Letter(
        id=uuid4(), language="en", subject=subject, greeting="Hello Bob,", opening="It is due."
    )


def a_parcel(address: str = "bob@example.org") -> Parcel:
    return Parcel(address=address, letter=a_letter())


def parcels(count: int) -> list[Parcel]:
    return [a_parcel(f"p{number}@example.org") for number in range(count)]


def outcomes(answers: list[Answer]) -> list[Outcome]:
    return [answer.outcome for answer in answers]


@contextmanager
def carrier(mailbox: Mailbox, options: str = "", seconds: float = 5) -> Iterator[EmailCarrier]:
    server = read_mail_server(f"{mailbox.url}{options}")
    with closing(EmailCarrier(server, SENDER, seconds=seconds)) as one:
        yield one


@WITH_AND_WITHOUT
def test_letters_arrive_on_one_connection_each_under_its_own_id(
    extensions: tuple[str, ...],
) -> None:
    with start_mailbox(extensions=extensions) as mailbox, carrier(mailbox) as post:
        sent = parcels(5)
        assert outcomes(post.deliver(sent[:3]) + post.deliver(sent[3:])) == [ACCEPTED] * 5
    assert mailbox.connections == 1
    assert [mail.recipient for mail in mailbox.mails] == [parcel.address for parcel in sent]
    ids = [mail.message_id for mail in mailbox.mails]
    assert ids == [f"<{parcel.letter.id}@example.org>" for parcel in sent]


FAULTS = [
    ("mail", "450 4.3.2 later", DEFERRED, 60),
    ("mail", "550 5.7.1 not from you", DEFERRED, 300),
    ("mail", "552 5.3.4 too large", REFUSED, None),
    ("rcpt", "450 4.7.1 greylisted", DEFERRED, 60),
    ("rcpt", "451 come back", DEFERRED, 60),
    ("rcpt", "550 5.1.1 no such user bob@example.org", GONE, None),
    ("rcpt", "550 nobody", GONE, None),
    ("rcpt", "551 moved", GONE, None),
    ("rcpt", "553 what", GONE, None),
    ("rcpt", "550 5.2.1 disabled", GONE, None),
    ("rcpt", "550 5.7.1 no spam", REFUSED, None),
    ("rcpt", "552 5.2.2 full", REFUSED, None),
    ("rcpt", "554 no", REFUSED, None),
    ("data", "451 4.3.0 later", DEFERRED, 60),
    ("data", "554 5.5.0 no", REFUSED, None),
    ("end", "451 4.3.0 later", DEFERRED, 60),
    ("end", "550 no", REFUSED, None),
    ("end", "550 5.1.10 looked late", GONE, None),
    ("end", "421 4.3.2 stopping", DEFERRED, 60),
    ("rcpt", "421 4.3.2 stopping", DEFERRED, None),
    ("mail", CLOSE, DEFERRED, None),
    ("rcpt", CLOSE, DEFERRED, None),
    ("data", CLOSE, DEFERRED, None),
    ("end", CLOSE, UNKNOWN, None),
    ("end", TAKE_AND_CLOSE, UNKNOWN, None),
    ("end", "nonsense", DEFERRED, 60),
]


@WITH_AND_WITHOUT
def test_each_fault_is_judged_and_harms_no_other_letter(
    extensions: tuple[str, ...], subtests: pytest.Subtests
) -> None:
    with start_mailbox(extensions=extensions) as mailbox:
        for stage, reply, outcome, seconds in FAULTS:
            with subtests.test(stage=stage, reply=reply), carrier(mailbox) as post:
                fault = Fault(stage, reply)
                if stage == "mail":  # before anybody knows for whom; what is lost is tried again
                    mailbox.faults.extend([None, *[fault] * (1 + (reply == CLOSE))])
                else:
                    mailbox.by_recipient = {"p1@example.org": fault}
                mailbox.mails.clear()
                sent = parcels(3)
                answers = post.deliver(sent)
                assert outcomes(answers) == [ACCEPTED, outcome, ACCEPTED]
                wait = answers[1].retry_in
                assert wait == (timedelta(seconds=seconds) if seconds else None)
                assert "bob" not in answers[1].detail
                arrived = {mail.recipient for mail in mailbox.mails}
                has_it = reply == TAKE_AND_CLOSE
                assert arrived == {one.address for one in (sent if has_it else sent[::2])}
                assert not mailbox.faults
                mailbox.by_recipient = {}


def test_a_connection_that_was_hung_up_in_the_meantime_is_made_anew() -> None:
    with start_mailbox() as mailbox, carrier(mailbox) as post:
        post.deliver(parcels(1))
        mailbox.faults.extend([Fault("mail", CLOSE)])
        assert outcomes(post.deliver(parcels(2))) == [ACCEPTED, ACCEPTED]
        mailbox.faults.extend([Fault("mail", "421 4.4.2 too long idle")])
        assert outcomes(post.deliver(parcels(2))) == [ACCEPTED, ACCEPTED]
    assert mailbox.connections == 3


def test_an_old_connection_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tracker.connectors.email.client._OLDEST_SECONDS", 0)
    with start_mailbox() as mailbox, carrier(mailbox) as post:
        post.deliver(parcels(2))
    assert mailbox.connections == 2


@pytest.mark.parametrize(
    ("stage", "outcome"), [("mail", DEFERRED), ("data", DEFERRED), ("end", UNKNOWN)]
)
def test_a_server_that_hangs_costs_a_bounded_time(stage: str, outcome: Outcome) -> None:
    with start_mailbox(always=Fault(stage, HANG)) as mailbox:
        with carrier(mailbox, seconds=0.4) as post:
            begun = monotonic()
            answers = post.deliver(parcels(10))
        assert monotonic() - begun < 1
        assert outcomes(answers)[0] is outcome
        assert outcomes(answers)[2:] == [DEFERRED] * 8


def test_one_letter_that_hangs_does_not_stop_the_next() -> None:
    with start_mailbox() as mailbox, carrier(mailbox, seconds=0.4) as post:
        mailbox.faults.append(Fault("end", HANG))
        assert outcomes(post.deliver(parcels(3))) == [UNKNOWN, ACCEPTED, ACCEPTED]


def test_a_server_that_trickles_bytes_does_not_win_time() -> None:
    with start_mailbox(greeting="220-slow\r\n" * 3 + "220-") as mailbox:
        with carrier(mailbox, seconds=0.3) as post:
            begun = monotonic()
            assert outcomes(post.deliver(parcels(3))) == [DEFERRED] * 3
        assert monotonic() - begun < 1


def test_without_a_server_all_wait() -> None:
    server = read_mail_server(f"smtp://127.0.0.1:{free_port()}")
    answers = EmailCarrier(server, SENDER).deliver(parcels(3))
    assert {(one.outcome, one.detail) for one in answers} == {
        (DEFERRED, "no connection (ConnectionRefusedError)")
    }
    with start_mailbox(greeting="554 not here") as mailbox, carrier(mailbox) as post:
        assert post.deliver(parcels(1))[0].detail == "greeted with 554"


# TLS and login.


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    return a_certificate(tmp_path_factory.mktemp("tls"))


def test_nothing_is_said_in_the_open_where_tls_is_required() -> None:
    """Whoever strips STARTTLS on the way gets neither letter nor password."""
    with start_mailbox(login=("me", "pass word")) as mailbox:
        server = read_mail_server(
            f"smtp://me:pass%20word@127.0.0.1:{mailbox.port}?starttls=required"
        )
        answers = EmailCarrier(server, SENDER).deliver(parcels(2))
    assert {one.detail for one in answers} == {"STARTTLS is not offered"}
    assert {one.retry_in for one in answers} == {timedelta(minutes=5)}
    assert [word.split()[0] for word in mailbox.commands] == ["ehlo"]


def test_letters_and_password_go_through_tls(
    certificate: tuple[ssl.SSLContext, ssl.SSLContext],
) -> None:
    ours, theirs = certificate
    with start_mailbox(login=("me", "pass word"), tls=theirs) as mailbox:
        server = read_mail_server(
            f"smtp://me:pass%20word@localhost:{mailbox.port}?starttls=required"
        )
        with closing(EmailCarrier(server, SENDER, tls=ours)) as post:
            assert outcomes(post.deliver(parcels(2))) == [ACCEPTED] * 2
        with closing(EmailCarrier(server, SENDER)) as post:
            assert post.deliver(parcels(1))[0].detail == "its certificate is not good"
        wrong = read_mail_server(f"smtp://me:no@localhost:{mailbox.port}?starttls=required")
        with closing(EmailCarrier(wrong, SENDER, tls=ours)) as post:
            assert post.deliver(parcels(1))[0].detail == "login refused (535)"


# Addresses.


def test_an_address_that_is_none_reaches_no_server(subtests: pytest.Subtests) -> None:
    with start_mailbox() as mailbox, carrier(mailbox) as post:
        for address in (
            "bob@example.org\r\nRCPT TO:<eve@evil.example>",
            "bob@example.org>\nDATA",
            "bob",
            "@example.org",
            "a b@example.org",
            "bob@exam\u2028ple.org",
            "<bob@example.org>",
            f"{'b' * 300}@example.org",
            "removed:0190",
        ):
            with subtests.test(address=address):
                assert outcomes(post.deliver([a_parcel(address)])) == [GONE]
    assert mailbox.commands == []


def test_addresses_of_all_scripts_arrive_where_the_server_can() -> None:
    sent = [a_parcel("bob@bücher.example"), a_parcel("пётр@example.org")]
    with start_mailbox() as mailbox, carrier(mailbox) as post:
        assert outcomes(post.deliver(sent)) == [ACCEPTED, ACCEPTED]
    assert mailbox.mails[0].recipient == "bob@xn--bcher-kva.example"
    assert mailbox.mails[1].recipient == "пётр@example.org"
    with start_mailbox(extensions=()) as mailbox, carrier(mailbox) as post:
        assert outcomes(post.deliver(sent)) == [ACCEPTED, REFUSED]


def test_many_threads_share_one_carrier() -> None:
    answers: list[Answer] = []
    with start_mailbox() as mailbox, carrier(mailbox) as post:
        threads = [
            Thread(target=lambda: answers.extend(post.deliver(parcels(20)))) for _ in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert outcomes(answers) == [ACCEPTED] * 80
    assert len({mail.message_id for mail in mailbox.mails}) == 80
    assert mailbox.connections <= 4


def test_a_mailbox_that_honours_ids_keeps_a_letter_once(tmp_path: Path) -> None:
    parcel = a_parcel()
    with start_mailbox(dedupes=True) as mailbox, carrier(mailbox) as post:
        mailbox.faults.append(Fault("end", TAKE_AND_CLOSE))
        assert outcomes(post.deliver([parcel]) + post.deliver([parcel])) == [UNKNOWN, ACCEPTED]
    assert len(mailbox.mails) == 1


# Without a server.


def test_the_log_is_a_mailbox_that_hides_addresses(caplog: pytest.LogCaptureFixture) -> None:
    link = Action(label="Done", url="http://127.0.0.1:8000/a/secret")
    letter = Letter(
        id=uuid4(),
        language="en",
        subject="Say why\r\n[ERROR] fake \x1b[31m",
        greeting="",
        opening="",
        actions=(link,),
    )
    parcel = Parcel(address="bob@example.org", letter=letter)
    with caplog.at_level(logging.INFO):
        assert outcomes(LogMailbox(is_shown=True).deliver([parcel])) == [ACCEPTED]
    assert "b…@example.org: Say why [ERROR] fake [31m\n  Done: http" in caplog.text
    assert "bob@" not in caplog.text
    caplog.clear()
    with caplog.at_level(logging.INFO):
        LogMailbox(is_shown=False).deliver([parcel])
    assert str(letter.id) in caplog.text
    assert not any(word in caplog.text for word in ("Say why", "secret", "example.org"))
