"""Exceptions in words that may be logged: their type and the place in our code, never their text.

In: an exception. Out: "KeyError at owe.py:77". The text of an exception that nobody foresaw could hold a passenger's value.
"""

import logging
import traceback


def said(error: BaseException) -> str:
    """Its type, and where it was raised."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


class Trouble:
    """Something that goes wrong again and again, such as a store that is away: said when it begins and when it is over."""

    def __init__(self, log: logging.Logger, what: str) -> None:
        self._log, self._what = log, what
        self._is_on = False

    def met(self, error: BaseException) -> None:
        if not self._is_on:
            self._log.warning("%s: %s; trying again", self._what, said(error))
        self._is_on = True

    def over(self) -> None:
        if self._is_on:
            self._log.warning("%s: works again", self._what)
        self._is_on = False
