"""One sample, two samples, many tests: estimates with intervals, or a stated refusal."""
