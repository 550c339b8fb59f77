"""Fake services for tests; tests/contracts compares each with the real one."""
