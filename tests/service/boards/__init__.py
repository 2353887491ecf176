"""Boards that are kept in step, down to the rows."""
