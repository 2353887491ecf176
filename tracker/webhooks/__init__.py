"""The event log for other programs, and webhooks: endpoints, and the events owed to each."""
