"""The words of a report: its sentences, the heads of its tables, counted nouns."""
