"""Statistics on arrays and frames, usable alone: `from msoko.stats import funnel`.

No file, no chart, no Russian. Each function returns a value with its interval and n, or a
`NotEstimable` with the reason; each names its source and the reference it was checked by.
"""
