"""The people the team works on by name."""
