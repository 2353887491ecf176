"""Where people are reached: their channels, in order of preference."""
