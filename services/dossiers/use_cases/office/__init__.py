"""What the ward office does to a dossier."""
