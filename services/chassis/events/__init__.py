"""Events, that is, facts that have happened: outbox, broker, inbox."""
