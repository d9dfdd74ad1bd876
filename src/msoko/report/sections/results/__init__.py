"""How results stand, changed, differ between schools, and how far they may be trusted."""
