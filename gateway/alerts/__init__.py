"""Alarms and alerts: what is open and needs a person, and whom to tell of it, when, in which words.

An alarm is a matter that is open until it is settled; an alert is a message about it to a party. Pure: rows, parties and the
time in; alarms to raise or close, addresses and texts out. `gateway.store` keeps them, `gateway.notify` sends.
"""

from gateway.alerts.alarm import NOTHING, Alarm, Concerns, concerns_of
from gateway.alerts.deadlines import FILING_KINDS, LEADS, Close, Raise, due_alarms
from gateway.alerts.kinds import KINDS, Kind, kind_of
from gateway.alerts.parties import Address, Party, Told, escalations, parties_of, told, told_of_end
from gateway.alerts.quiet import after_quiet
from gateway.alerts.wording import Mail, News, Saying, document, mail

__all__ = [
    "FILING_KINDS", "KINDS", "LEADS", "NOTHING", "Address", "Alarm", "Close", "Concerns", "Kind", "Mail", "News", "Party", "Raise", "Saying", "Told",
    "after_quiet", "concerns_of", "document", "due_alarms", "escalations", "kind_of", "mail", "parties_of", "told", "told_of_end",
]  # fmt: skip
