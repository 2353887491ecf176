"""Answering from the message."""
