"""The questions that a notebook may ask of a report: each answer is made by one of `blocks`."""
