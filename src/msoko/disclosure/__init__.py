"""What may be shown: suppression of small cells, its attacker, and the leak guard."""
