"""The use cases of the service, grouped in modules; each command is one transaction."""
