"""What the service reaches outside itself: notifications, argon2, the plan of phone numbers."""
