"""What every adapter does, without any framework: admit a request or refuse it.

An adapter takes the facts of a request out of its framework (:class:`Presented`), asks :class:`Gate`, and turns a
:class:`~gatepass.bearer.Refusal` into an answer of its framework.
"""

from gatepass.guard.gate import Gate
from gatepass.guard.presented import Presented
from gatepass.guard.requirement import Requirement
from gatepass.guard.resource import ProtectedResource
from gatepass.guard.verifying import AccessTokenVerifier

__all__ = ["AccessTokenVerifier", "Gate", "Presented", "ProtectedResource", "Requirement"]
