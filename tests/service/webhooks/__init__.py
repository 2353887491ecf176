"""Webhooks: delivering what is owed, and never more than that."""
