"""What the practice ward does beside what every ward does: an office that answers by itself, and forgetting."""
