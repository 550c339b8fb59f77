"""What the service reaches outside itself: files, keys and seal, payment provider, calendar, papers, uploads."""
