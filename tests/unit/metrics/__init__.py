"""Rules of figures, without a database."""
