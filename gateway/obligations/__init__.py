"""Expected calls and dated law: what is due, to whom, by when, with which fields.

`parse_schedule` reads the calls, `parse_law` and `merge` the law of `schemas/obligations/`, `due` puts them together.
"""

from gateway.obligations.calls import Exemption, ExpectedCall, Moment, Service
from gateway.obligations.due import Due, due
from gateway.obligations.law import Law, Obligation, Request, merge, parse_law
from gateway.obligations.schedule import parse_schedule

__all__ = [
    "Due",
    "Exemption",
    "ExpectedCall",
    "Law",
    "Moment",
    "Obligation",
    "Request",
    "Service",
    "due",
    "merge",
    "parse_law",
    "parse_schedule",
]
