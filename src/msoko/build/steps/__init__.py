"""The steps of a build, each done only where it is stale."""
