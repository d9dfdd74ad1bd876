"""What follows from values: groups that rules find, recommendations, lists of schools."""
