"""Calls between services: server, client, the call that is served, and tokens."""
