"""What no single setting can tell is wrong."""

from urllib.parse import urlsplit

from gatepass_server.crypto.argon2_hash import Argon2Parameters
from gatepass_server.domain.allowed_places import parse_allowed_places
from gatepass_server.settings.fault import Fault
from gatepass_server.settings.issuer import issuer_faults
from gatepass_server.settings.ldap_faults import ldap_faults
from gatepass_server.settings.model import Settings

_SECRET_BYTES = 32


def find_faults(settings: Settings) -> list[Fault]:
    """Every fault at once."""
    return [
        *_issuer(settings),
        *_signing_secret(settings),
        *_session(settings),
        *_argon2(settings),
        *_outbound(settings),
        *_registration(settings),
        *_certificates(settings),
        *_oauth1(settings),
        *ldap_faults(settings),
    ]


def _issuer(settings: Settings) -> list[Fault]:
    if not settings.issuer:
        return []
    found = issuer_faults(settings.issuer, insecure_http=settings.insecure_http)
    return [Fault(("issuer",), sentence) for sentence in found]


def _signing_secret(settings: Settings) -> list[Fault]:
    secret = settings.signing_secret.reveal()
    if not secret or len(secret.encode("utf-8", "surrogatepass")) >= _SECRET_BYTES:
        return []
    sentence = f"it must have at least {_SECRET_BYTES} bytes (RFC 7518 section 3.2)."
    return [Fault(("signing_secret",), sentence)]


def _session(settings: Settings) -> list[Fault]:
    if settings.refresh_token_idle <= settings.session_ttl:
        return []
    sentence = (
        f"the refresh_token_idle of {settings.refresh_token_idle} seconds is longer than the session_ttl of "
        f"{settings.session_ttl}."
    )
    return [Fault(("refresh_token_idle", "session_ttl"), sentence)]


def _argon2(settings: Settings) -> list[Fault]:
    names = ("argon2_memory_kib", "argon2_time_cost", "argon2_parallelism")
    try:
        Argon2Parameters(*(getattr(settings, name) for name in names)).check()
    except ValueError as error:
        return [Fault(names, str(error))]
    return []


def _outbound(settings: Settings) -> list[Fault]:
    try:
        parse_allowed_places(settings.outbound_allow)
    except ValueError as error:
        return [Fault(("outbound_allow",), str(error))]
    return []


def _registration(settings: Settings) -> list[Fault]:
    faults = []
    for name in ("registration_resources", "mcp_servers"):
        for one in getattr(settings, name).split():
            if not urlsplit(one).scheme or "#" in one:
                why = f"{one!r} is no absolute URI without a fragment (RFC 8707)."
                faults.append(Fault((name,), why))
    return faults


def _certificates(settings: Settings) -> list[Fault]:
    if not settings.client_certificate_header or settings.trusted_proxies:
        return []
    names = ("client_certificate_header", "trusted_proxies")
    return [Fault(names, "without a proxy that is trusted, anybody could write the header.")]


def _oauth1(settings: Settings) -> list[Fault]:
    if not settings.oauth1 or not settings.signing_secret:
        return []
    return [Fault(("oauth1", "signing_secret"), "where a shared secret signs, programs are not served.")]
