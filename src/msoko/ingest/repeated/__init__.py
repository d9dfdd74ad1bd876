"""What arrived twice: files, sheets and rows, told once and used once."""
