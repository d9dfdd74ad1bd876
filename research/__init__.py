"""Validation studies on open data, and the simulators behind `msoko proof`.

It imports msoko and is imported by nothing there: an installed package goes without it.
"""
