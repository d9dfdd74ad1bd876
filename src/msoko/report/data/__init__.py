"""What a report reads and judges: rows, names, changes, comparable schools, evidence."""
