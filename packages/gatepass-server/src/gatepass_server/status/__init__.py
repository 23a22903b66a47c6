"""The server's side of the revocation feed, a Token Status List (draft-ietf-oauth-status-list-21).

Every session with signed tokens has a place in a list; ending it sets one bit there. The lists are published, signed,
and APIs keep them in memory.
"""
