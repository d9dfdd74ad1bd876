"""The sections of a report, a module for each question of the management cycle."""
