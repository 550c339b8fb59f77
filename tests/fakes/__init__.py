"""Services that stand in for real ones in tests; tests/contracts holds each to what the real one does."""
