"""The community's figures: where they come from, what they are, and what they warn of."""
