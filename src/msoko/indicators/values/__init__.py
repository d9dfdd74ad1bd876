"""Values of indicators from their sums, with intervals; tables derived from results."""
