"""Workspaces, members and tokens: who may do what."""
