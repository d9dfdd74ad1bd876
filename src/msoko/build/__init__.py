"""From raw files to reports and the site: what is stale, the steps, and the kernels they run in."""
