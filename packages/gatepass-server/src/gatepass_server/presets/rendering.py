"""Write the values of one client into a program's settings."""

import re
import secrets
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from gatepass_server.domain.clients import Client
from gatepass_server.domain.secret import Secret
from gatepass_server.presets.preset import Preset, SettingsFile

_PLACE = re.compile(r"<<([a-z_]+)>>")
_ADDRESS = re.compile(r"[A-Za-z0-9._~:/\[\]-]*")
"""Characters that mean nothing in any language of a settings file."""


def checked_program_url(url: str) -> str:
    """A program's own address, without a slash at its end.

    Raises:
        ValueError: It is none, or has characters that would have to be escaped in settings.
    """
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - a port that is none raises
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in {"https", "http"} or not parts.hostname or not _ADDRESS.fullmatch(url):
        raise ValueError(
            "The program's own address is needed, such as https://grafana.example.com: a scheme, a host, perhaps a "
            "path, and nothing else."
        )
    return url.rstrip("/")


def values_for(client: Client, secret: Secret | None, *, issuer: str, url: str) -> Mapping[str, str]:
    """What may be written into settings.

    Args:
        client: The program.
        secret: Its secret, which is told once.
        issuer: Character by character as tokens name it.
        url: The program's own address.
    """
    base = issuer.rstrip("/")
    return {
        "issuer": issuer,
        "discovery": f"{base}/.well-known/openid-configuration",
        "authorization_endpoint": f"{base}/oauth2/authorize",
        "token_endpoint": f"{base}/oauth2/token",
        "userinfo_endpoint": f"{base}/oauth2/userinfo",
        "end_session_endpoint": f"{base}/oauth2/logout",
        "jwks_uri": f"{base}/.well-known/jwks.json",
        "client_id": client.id,
        "client_secret": "" if secret is None else secret.reveal(),
        "redirect_uri": client.metadata.redirect_uris[0],
        "url": url,
        "random_secret": secrets.token_urlsafe(32),
    }


def rendered(preset: Preset, values: Mapping[str, str]) -> Sequence[SettingsFile]:
    """The program's files with these values.

    Raises:
        KeyError: A name in the data file stands for nothing.
    """
    return [
        SettingsFile(
            name=file.name,
            language=file.language,
            text=_PLACE.sub(lambda place: values[place[1]], file.text),
        )
        for file in preset.files
    ]
