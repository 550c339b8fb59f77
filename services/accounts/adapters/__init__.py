"""Everything outside the service: notifications, argon2, the plan of phone numbers."""
