"""The borders between phases: criteria, verdicts, approvals, decisions, dossiers."""
