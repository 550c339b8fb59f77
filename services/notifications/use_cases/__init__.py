"""What can be done here: one transaction per command, with its event and its audit row."""
