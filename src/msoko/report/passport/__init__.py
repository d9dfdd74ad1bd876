"""The passport of one organisation, a module for each of its parts."""
