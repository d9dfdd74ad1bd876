"""The registry: scales of marks, words and names, settings of an installation."""
