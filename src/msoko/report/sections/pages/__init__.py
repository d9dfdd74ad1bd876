"""What the pages of the whole system answer: the year, its data, the roadmap."""
