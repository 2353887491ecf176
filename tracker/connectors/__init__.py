"""What lies outside: one folder for each kind of target, with its wire and its pure mapping."""
