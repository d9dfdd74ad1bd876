"""What msoko.stats says for each quantity of reference.json, through public functions only.

`ANSWERS` maps (data set, model) to a function that returns {quantity: value}.
"""

from reference import answers_multilevel, answers_regression, answers_tests
from reference.registry import ANSWERS

__all__ = ["ANSWERS", "answers_multilevel", "answers_regression", "answers_tests"]
