"""A board on Trello: its lists and cards, kept in step both ways."""
