"""The chaser: from a policy to messages owed, claimed, sent and recorded."""
