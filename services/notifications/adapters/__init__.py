"""What the service reaches outside itself: SMS provider, mail server, contacts in accounts."""
