"""Real servers of the tests' own, for a while and in a folder of their own."""
