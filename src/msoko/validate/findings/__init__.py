"""Failed checks as findings: in which cell of which file, and in whose words."""
