"""What a workspace plans from: our playbooks and its own, and the readiness quiz."""
