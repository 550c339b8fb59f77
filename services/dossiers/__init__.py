"""The dossiers of one ward: catalogue, drafts, desk work, registers and certificates."""
