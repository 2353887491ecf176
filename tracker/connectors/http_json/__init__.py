"""Figures from any address that answers in JSON."""
