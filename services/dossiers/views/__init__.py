"""Rows as the contract's messages, as far as the caller may see them."""
