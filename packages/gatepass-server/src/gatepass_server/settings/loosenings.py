"""Settings that are weaker than the default."""

from gatepass_server.domain.upstreams import Upstream
from gatepass_server.presets.provider_shelf import find_provider
from gatepass_server.settings.issuer import is_loopback
from gatepass_server.settings.model import Settings

_OWASP_WORK_KIB = 19_456 * 2
_API_CACHE_SECONDS = 300
"""How long an API may keep the JWK set before it asks again (its ``Cache-Control``)."""


def find_loosenings(settings: Settings) -> list[str]:
    """A sentence for each, beginning with the setting's name."""
    weak = [sentence for is_weak, sentence in _judge(settings) if is_weak]
    return weak + [
        f"upstream.{name}.{sentence}"
        for name, upstream in settings.upstream.items()
        for is_weak, sentence in _judge_upstream(upstream)
        if is_weak
    ]


def _judge_upstream(upstream: Upstream) -> list[tuple[bool, str]]:
    preset = dict(find_provider(upstream.preset).settings) if upstream.preset else {}
    return [
        (
            not upstream.pkce and preset.get("pkce", True),
            "pkce: it is off, so a stolen code can be redeemed by whoever also has the browser's cookie.",
        ),
        (
            upstream.keep_tokens == "sealed",
            "keep_tokens: whoever has the database and the master key can act there in people's names.",
        ),
        (
            upstream.is_of_any_tenant and upstream.sign_up == "on",
            "tenants: none is named, so everybody with an account of any organisation there gets one here.",
        ),
    ]


def _judge(settings: Settings) -> list[tuple[bool, str]]:
    return [
        (
            settings.article_answers,
            "article_answers: strangers learn which e-mails exist, and every user can list all users.",
        ),
        (settings.insecure_http, "insecure_http: passwords and tokens may cross the network readable."),
        (
            not settings.issuer and not is_loopback(settings.host),
            f"issuer: it is not set, so tokens name {settings.public_issuer}, which other machines cannot reach.",
        ),
        (
            bool(settings.signing_secret),
            "signing_secret: whoever can check a token can also forge one; `gatepass serve` refuses it.",
        ),
        (
            settings.registration == "open",
            "registration: anybody can register programs, and send people here with a name of their choice.",
        ),
        (
            settings.client_metadata_documents,
            "client_metadata_documents: any site can sign people in; the consent page shows its host.",
        ),
        (
            bool(settings.mcp_servers),
            "mcp_servers: any program can ask people for access, under a name of its choice.",
        ),
        (
            settings.outbound_insecure,
            "outbound_insecure: keys of programs are fetched over plain http; who is on the way can replace them.",
        ),
        (
            bool(settings.outbound_allow),
            "outbound_allow: whoever registers a program can make the server ask there; name no more than needed.",
        ),
        (
            settings.ldap_plaintext,
            "ldap_plaintext: passwords cross the network readable on their way to the directory.",
        ),
        (
            settings.argon2_memory_kib * settings.argon2_time_cost < _OWASP_WORK_KIB,
            "argon2: below the OWASP minimum of 19 MiB and t=2; stolen hashes are cheaper to guess.",
        ),
        (
            settings.login_failures_per_account > 100,
            "login_failures_per_account: more than 100 guesses a window invite guessing.",
        ),
        (
            settings.access_token_ttl > 3600,
            "access_token_ttl: a stolen access token works for more than an hour.",
        ),
        (
            settings.refresh_reuse_window > 60,
            "refresh_reuse_window: a stolen refresh token that was spent works for more than a minute.",
        ),
        (
            settings.status_ttl > 60,
            "status_ttl: after a log-out, tokens work at other APIs for more than a minute.",
        ),
        (
            settings.key_publish_lead < _API_CACHE_SECONDS,
            f"key_publish_lead: APIs keep the JWK set for {_API_CACHE_SECONDS} seconds; they will meet unknown keys.",
        ),
    ]
