"""What the budgets of the design cost on this machine, each beside its yardstick."""
