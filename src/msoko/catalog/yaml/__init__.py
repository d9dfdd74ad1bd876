"""The strict reader of YAML, and entries appended to lists that people keep."""
