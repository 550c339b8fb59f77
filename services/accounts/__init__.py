"""People of a ward: e-citizen accounts, staff, sessions, one-time codes, and the resident directory."""
