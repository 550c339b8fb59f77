"""Queries of the accounts database, by subject; encrypted values are decrypted only here."""
