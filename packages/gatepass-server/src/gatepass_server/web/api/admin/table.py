"""Every address of the admin API on one screen."""

from gatepass_server.bootstrap import Gatepass
from gatepass_server.web.api.admin import audit_events, clients, groups, roles, users
from gatepass_server.web.api.admin.guard import AdminGuard
from gatepass_server.web.route import Route

_BASE = "/api/admin"
_USER, _ROLE, _GROUP, _CLIENT = "/users/<user_id>", "/roles/<role>", "/groups/<group>", "/clients/<client_id>"


def table(gatepass: Gatepass) -> list[Route]:
    """The table, each of whose views lets only administrators through."""
    guard = AdminGuard(
        gatepass.verifier, gatepass.administrators, trusted_proxies=gatepass.settings.trusted_proxies
    )
    people = users.UsersEndpoint(
        guard, gatepass.accounts, gatepass.directory, gatepass.session_list, gatepass.policy
    )
    parts = roles.RolesEndpoint(guard, gatepass.roles)
    teams = groups.GroupsEndpoint(guard, gatepass.groups)
    programs = clients.ClientsEndpoint(guard, gatepass.clients)
    log = audit_events.AuditEventsEndpoint(gatepass.audit_trail)
    rows = (
        ("GET", "/users", "users", people.list, users.LIST),
        ("POST", "/users", "create_user", people.create, users.CREATE),
        ("GET", _USER, "user", people.get, users.GET),
        ("PATCH", _USER, "change_user", people.change, users.CHANGE),
        ("PUT", f"{_USER}/password", "set_password", people.set_password, users.PASSWORD),
        ("GET", f"{_USER}/sessions", "sessions_of", people.sessions, users.SESSIONS),
        ("DELETE", f"{_USER}/sessions", "end_sessions_of", people.end_sessions, users.END_SESSIONS),
        ("PUT", f"{_USER}{_ROLE}", "grant_role", parts.grant, roles.GRANT),
        ("DELETE", f"{_USER}{_ROLE}", "revoke_role", parts.revoke, roles.REVOKE),
        ("GET", "/roles", "roles", parts.list, roles.LIST),
        ("POST", "/roles", "create_role", parts.create, roles.CREATE),
        ("GET", _ROLE, "role", parts.get, roles.GET),
        ("PATCH", _ROLE, "change_role", parts.change, roles.CHANGE),
        ("DELETE", _ROLE, "delete_role", parts.delete, roles.DELETE),
        ("GET", "/groups", "groups", teams.list, groups.LIST),
        ("POST", "/groups", "create_group", teams.create, groups.CREATE),
        ("GET", _GROUP, "group", teams.get, groups.GET),
        ("PATCH", _GROUP, "change_group", teams.change, groups.CHANGE),
        ("DELETE", _GROUP, "delete_group", teams.delete, groups.DELETE),
        ("PUT", f"{_GROUP}{_ROLE}", "grant_role_to_group", teams.grant, groups.GRANT),
        ("DELETE", f"{_GROUP}{_ROLE}", "revoke_role_of_group", teams.revoke, groups.REVOKE),
        ("GET", f"{_GROUP}/members", "members", teams.members, groups.MEMBERS),
        ("PUT", f"{_GROUP}/members/<user_id>", "add_member", teams.add, groups.ADD),
        ("DELETE", f"{_GROUP}/members/<user_id>", "remove_member", teams.remove, groups.REMOVE),
        ("GET", "/clients", "clients", programs.list, clients.LIST),
        ("POST", "/clients", "create_client", programs.create, clients.CREATE),
        ("GET", _CLIENT, "client", programs.get, clients.GET),
        ("PATCH", _CLIENT, "change_client", programs.change, clients.CHANGE),
        ("DELETE", _CLIENT, "delete_client", programs.delete, clients.DELETE),
        ("POST", f"{_CLIENT}/secret", "rotate_secret", programs.rotate_secret, clients.ROTATE),
        ("GET", "/audit-events", "audit_events", log.list, audit_events.LIST),
    )
    return [
        Route(method, f"{_BASE}{path}", f"admin_{name}", guard.protect(view), operation)
        for method, path, name, view, operation in rows
    ]
