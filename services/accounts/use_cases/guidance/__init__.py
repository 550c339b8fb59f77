"""Guided sessions: the citizen's side, the volunteer's side, and their common parts."""
