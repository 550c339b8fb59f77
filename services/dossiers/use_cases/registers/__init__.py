"""The register books: registration, entries, notes, search, copies."""
