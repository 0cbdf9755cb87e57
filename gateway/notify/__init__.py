"""Telling people: what is open becomes alerts for the right parties (`plan`), and those become mails and webhook posts (`deliver`).

In: alarms in the store, the parties of the catalogue. Out: rows of who is told what, and messages that leave until they have arrived. Any
number of gateways and workers may do it at once; nobody is told twice.
"""

from gateway.notify.plan import Plan, parties
from gateway.notify.post import Notifier, postbox_of

__all__ = ["Notifier", "Plan", "parties", "postbox_of"]
