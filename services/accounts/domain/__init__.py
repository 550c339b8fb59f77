"""Rules of accounts: pure, without database, network or clock."""
