"""Rows as the contract's messages; what is shown depends on who looks."""
