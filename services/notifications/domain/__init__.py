"""Rules of messages: their texts, and when a try follows a try."""
