"""What is stale and why, found without running anything."""
