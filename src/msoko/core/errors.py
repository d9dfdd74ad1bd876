"""The one family of errors that a user is meant to read."""


class MsokoError(Exception):
    """A refusal in plain Russian: where, what, and what to do.

    `exit_code` is what the command line returns for it.
    """

    exit_code = 1


class UsageError(MsokoError):
    """The command, a parameter or a declaration is written wrongly."""

    exit_code = 2


class DataRefused(MsokoError):
    """The data cannot be vouched for, so nothing is built from them."""

    exit_code = 1
