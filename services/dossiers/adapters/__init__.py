"""Everything outside the service: files, keys and seal, payment provider, calendar, papers, uploads."""
