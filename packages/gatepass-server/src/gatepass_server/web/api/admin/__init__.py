"""``/api/admin``: accounts, roles, groups, programs and the audit log, for administrators and their programs."""

from gatepass_server.web.api.admin.table import table

__all__ = ["table"]
