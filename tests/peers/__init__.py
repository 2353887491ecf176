"""Real platforms of the tests' own, where one can be had: `make peers`."""
