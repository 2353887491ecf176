"""What a test of an endpoint is told as."""

from tracker.webhooks import showing
from tracker.webhooks.pacing import Answer
from tracker.webhooks.words import Outcome


def test_who_may_not_be_called_is_told_with_what_opens_it() -> None:
    closed = Answer(outcome=Outcome.UNREACHABLE, detail="address-refused")
    assert "TRACKER_EGRESS_ALLOW" in showing.tested_out(closed, "en")["sentence"]
    assert "TRACKER_EGRESS_ALLOW" in showing.tested_out(closed, "fr")["sentence"]
    silent = Answer(outcome=Outcome.UNREACHABLE, detail="no-connection")
    assert "no-connection" in showing.tested_out(silent, "en")["sentence"]
