"""Bring accounts over from elsewhere: the tutorial app's SQLite file, CSV or JSON lines.

First every row is read and judged (``UserImport.plan``, which changes nothing), then all good rows are
written in one transaction (``UserImport.apply``): nothing is ever half imported.
"""

from gatepass_server.accounts.import_users.importer import UserImport
from gatepass_server.accounts.import_users.plan import ImportPlan, ImportResult, Outcome, PlannedRow, Progress

__all__ = ["ImportPlan", "ImportResult", "Outcome", "PlannedRow", "Progress", "UserImport"]
