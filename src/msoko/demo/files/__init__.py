"""The demo municipality's files, cell for cell as departments receive them."""
