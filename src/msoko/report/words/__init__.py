"""Sentences of reports: declared wording with slots for numbers."""
