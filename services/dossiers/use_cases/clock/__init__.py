"""What time does by itself: reminders, lapses, deletion."""
