"""Figures from platforms, down to the rows."""
