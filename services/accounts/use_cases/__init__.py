"""The use cases: one transaction per command, with its event and its audit row."""
