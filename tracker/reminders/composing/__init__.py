"""From what a reminder is about to the letter that tells it, in its reader's language. Pure."""
