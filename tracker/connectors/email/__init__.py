"""Letters as mails: their form, and the wire on which they leave."""
