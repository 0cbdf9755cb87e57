"""People who sign in: names, passwords, codes from their phones, and how long one waits after mistakes.

In: what somebody typed, what is kept of an account, the time. Out: yes or no, and what to keep. Storing it is `store`'s work,
cookies and pages are `web`'s. Hashing takes a twentieth of a second and 46 MiB: the shell does it in a thread, a few at a time.
"""

from gateway.people.accounts import account_name, is_account_name, is_address
from gateway.people.links import fingerprint, new_secret
from gateway.people.lockout import Tries, wait_seconds
from gateway.people.networks import network_of, peer_of
from gateway.people.passwords import LEAST, MOST, NOBODY, Fault, faults_of, hashed, is_outdated, is_right
from gateway.people.rates import Rates
from gateway.people.recovery import RECOVERY_CODES, new_recovery_codes, recovery_fingerprint
from gateway.people.totp import matched_step, new_totp_secret, totp_uri

__all__ = [
    "LEAST", "MOST", "NOBODY", "RECOVERY_CODES", "Fault", "Rates", "Tries", "account_name", "faults_of", "fingerprint", "hashed", "is_account_name",
    "is_address", "is_outdated", "is_right", "matched_step", "network_of", "new_recovery_codes", "new_secret", "new_totp_secret", "peer_of",
    "recovery_fingerprint", "totp_uri", "wait_seconds",
]  # fmt: skip
