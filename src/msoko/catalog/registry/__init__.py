"""The registry: scales of marks, sentences and names, settings of an installation."""
