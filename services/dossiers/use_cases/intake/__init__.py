"""The applicant's use cases, from the draft to the filed dossier."""
