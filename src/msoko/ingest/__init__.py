"""Raw files become tables here, or are refused in plain words.

Nothing is imported here: the sandboxed reader is a process of this package too, starts
for every run, and must not import pandas. `year_reading.read_year` is the way in.
"""
