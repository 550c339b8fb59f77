"""unit: no network, in seconds · services: real PostgreSQL · contracts: fakes against the real things ·
e2e, browser, chaos: the whole stack · load: measurements, no tests."""
