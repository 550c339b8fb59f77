"""Papers of the ward office as PDF: data in, bytes out."""
