"""The methods on open data: what the notebooks beside it call.

Each module answers the questions of one notebook, or of two of one kind; its `facts` are the
few numbers that the method page quotes.
"""
