"""How Cầu Nối is run: on a laptop (local/), in containers (containers/), in a cluster (kubernetes/)."""
