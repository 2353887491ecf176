"""Whether what is promised holds where everything is killed: a ledger, a judge, a killer."""
