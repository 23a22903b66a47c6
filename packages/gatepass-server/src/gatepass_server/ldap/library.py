"""The one import of ldap3, which is an extra."""

import warnings

from gatepass_server.domain.errors import OperatorError

try:
    with warnings.catch_warnings():
        # ldap3 2.9.1 asks pyasn1 for names that have newer spellings; both are there.
        warnings.simplefilter("ignore", DeprecationWarning)
        import ldap3
        import ldap3.core.exceptions
        import ldap3.operation.search
        import ldap3.utils.conv
        import ldap3.utils.dn
except ImportError:
    raise OperatorError(
        "ldap_url is set, and ldap3 is not installed. Run: pip install 'gatepass-server[ldap]'"
    ) from None

__all__ = ["ldap3"]
