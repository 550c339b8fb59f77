"""The one-command stack: everything real, on one machine, without root and without containers."""
