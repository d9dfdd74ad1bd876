"""Schools compared: funnels, shrinkage, value added, resilience, likeness of context."""
