"""Other people's servers, played on loopback."""
