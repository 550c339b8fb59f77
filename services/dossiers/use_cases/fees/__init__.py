"""What a dossier costs: assessed, asked for, paid."""
