"""Directions as declared: goals, indicators, rules, and how a municipality words them."""
