"""When the community will launch, and how far the work is: from durations and progress. Pure."""
