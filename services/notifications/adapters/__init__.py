"""Everything outside the service: SMS provider, mail server, contacts in accounts."""
