"""Meetings of the working group as their secretary declares them, and the rules of voting."""
