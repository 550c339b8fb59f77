"""People of a ward: e-citizen accounts, staff, sessions, one-time codes, and who is at home where."""
