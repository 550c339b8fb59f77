"""Papers of a dossier: receipts, slips, letters, certificates."""
