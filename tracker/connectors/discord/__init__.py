"""A server (guild) on Discord: its members, its messages, its invites."""
