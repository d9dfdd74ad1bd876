"""A municipality as declared: its profile, its roadmap and the dates in it."""
