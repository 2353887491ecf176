"""A forum on Discourse: its daily reports, its posts and its members."""
