"""A real mail server for those who send."""

from collections.abc import Iterator
from contextlib import closing
from ssl import PROTOCOL_TLS_CLIENT, SSLContext

import pytest
from flask import Flask

from tests.conftest import app_on
from tests.servers.smtp import Mailbox, start_mailbox
from tracker.channels.routes import use_carriers
from tracker.connectors.email.client import EmailCarrier
from tracker.kernel.db import current_database
from tracker.kernel.mail import Mailbox as Sender
from tracker.kernel.mail import read_mail_server


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """Takes what is sent, or does what a test says."""
    with start_mailbox() as box:
        yield box


@pytest.fixture
def app(database_url: str, mailbox: Mailbox) -> Iterator[Flask]:
    """The application, whose mails go to ``mailbox``."""
    app = app_on(database_url)
    server, sender = read_mail_server(mailbox.url), Sender("tracker@example.org")
    nobody = SSLContext(PROTOCOL_TLS_CLIENT)  # whom it trusts is not asked here, and slow to read
    with closing(EmailCarrier(server, sender, tls=nobody, seconds=2)) as post:
        use_carriers({"email": post})
        yield app
    use_carriers({})
    current_database().close()
