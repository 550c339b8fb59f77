"""Facts that have happened: outbox, broker, inbox."""
