"""Checks of a running issuer, of this house or any other, from outside: as a client sees it."""

from gatepass_server.doctor.examine import Group, examine
from gatepass_server.doctor.findings import Finding, Verdict

__all__ = ["Finding", "Group", "Verdict", "examine"]
