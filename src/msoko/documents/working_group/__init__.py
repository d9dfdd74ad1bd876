"""The working group's papers: agenda, minutes, extracts, and decisions recorded."""
