"""The methods on open data: what the notebooks of `notebooks/validation` call.

Each module answers the questions of one notebook; its `facts` are the few numbers that the
method page quotes.
"""
