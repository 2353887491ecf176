"""Rooms on a Matrix homeserver: who joins and leaves, and what is said, in one stream."""
