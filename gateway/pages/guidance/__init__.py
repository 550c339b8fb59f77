"""A guided session in the pages: the citizen's side, the volunteer's side, and what each may know about the other."""
