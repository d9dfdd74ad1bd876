"""Received files opened safely: a guard first, then the parser in a limited child process."""
