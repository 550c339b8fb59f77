"""The gateway: the JSON API and the pages of all wards. It keeps no state and knows no rules of law."""
