"""The build: what is stale, in which order it is redone, and how notebooks are executed."""
