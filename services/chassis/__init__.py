"""What every service runs on; knows nothing of civil status."""
