"""The demo municipality: an invented one, written in the layouts that departments receive."""
