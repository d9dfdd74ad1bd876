"""Plain grids of cells: single cells, and the tables that stand within a sheet."""
