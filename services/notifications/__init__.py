"""What a ward tells people, by SMS and e-mail, and whether it reached them."""
