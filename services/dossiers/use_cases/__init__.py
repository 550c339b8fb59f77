"""What callers of the service want done, one module a group; each command is one transaction."""
