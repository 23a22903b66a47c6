"""Follow revocations: the client of a Token Status List (draft-ietf-oauth-status-list-21).

A token names a list and an index in it; the list is a signed, compressed array of a few bits per token. It is fetched
in the background, so that a check is a look into memory.
"""

from gatepass.status.feed import StatusFeed
from gatepass.status.policy import StatusPolicy
from gatepass.status.reference import StatusReference, reference_of

__all__ = ["StatusFeed", "StatusPolicy", "StatusReference", "reference_of"]
