"""What every room stands on: errors, years, paths, tables, numbers in Russian, whole files."""
