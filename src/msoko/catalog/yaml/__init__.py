"""The strict readers of YAML and of CSV, and entries appended to lists that people keep."""
