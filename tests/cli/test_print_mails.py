"""The mailbox of the docs: prints what it is sent."""

import subprocess
import sys
from pathlib import Path

from tests.servers.home import free_port
from tests.unit.connectors.test_mail import a_letter
from tracker.connectors.email.client import EmailCarrier
from tracker.connectors.letter import Outcome, Parcel
from tracker.kernel.mail import Mailbox, read_mail_server

SCRIPT = Path(__file__).parents[2] / "docs" / "print_mails.py"


def test_mails_are_printed_as_their_reader_sees_them() -> None:
    port = free_port()
    command = [sys.executable, "-I", str(SCRIPT), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8") as process:
        assert process.stdout
        process.stdout.readline()  # it listens
        server = read_mail_server(f"smtp://127.0.0.1:{port}")
        post = EmailCarrier(server, Mailbox("tracker@example.org"))
        parcel = Parcel(address="bob@example.org", letter=a_letter("Dire « pourquoi »"))
        assert [answer.outcome for answer in post.deliver([parcel] * 2)] == [Outcome.ACCEPTED] * 2
        post.close()
        process.terminate()
        printed, _ = process.communicate(timeout=10)
    assert printed.count("Subject: Dire « pourquoi »\n") == 2
    assert "To: bob@example.org\n" in printed
    assert "Done: https://tracker.example.org/a/done\n" in printed
    assert printed.count("[due.ics]") == 2
