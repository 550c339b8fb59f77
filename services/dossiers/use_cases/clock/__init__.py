"""Loops that act when time passes: reminders, timeouts, deletion."""
