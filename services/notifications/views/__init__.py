"""Rows as the contract's messages."""
