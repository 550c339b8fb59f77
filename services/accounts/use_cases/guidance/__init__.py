"""Guided sessions: the citizen's side, the volunteer's side, and what both have in common."""
