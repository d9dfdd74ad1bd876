"""Executed notebooks become pages, and pages become the site of a year."""
