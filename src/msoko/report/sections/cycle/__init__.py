"""What every report answers, in the order of the management cycle."""
