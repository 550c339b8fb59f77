"""The rules of civil-status dossiers: pure, standard library only."""
