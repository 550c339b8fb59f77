"""The one-command stack: all real parts on one machine, without root and without containers."""
