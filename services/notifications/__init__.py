"""Messages of a ward to people, by SMS and e-mail, and their delivery."""
