"""From the draft to the filed dossier: what the applicant does."""
