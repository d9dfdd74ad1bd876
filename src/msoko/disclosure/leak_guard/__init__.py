"""What must not be read in a public edition, found in whatever spelling it stands."""
