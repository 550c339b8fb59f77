"""A guided session in the pages: the citizen's side, the volunteer's side, and what the one may know of the other."""
