"""When and how often; no decisions."""
