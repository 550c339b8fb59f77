"""Rules of messages: their texts, and the schedule of retries."""
