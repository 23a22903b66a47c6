"""Ask an issuer about a token over HTTP (RFC 7662 section 2.1)."""

from __future__ import annotations

import base64
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus, urlencode

from gatepass.address import checked_url
from gatepass.errors import StatusUnavailableError
from gatepass.fetch_limits import FetchError
from gatepass.key_sources.options import check_seconds
from gatepass.metadata import introspection_endpoint_of, metadata_urls

if TYPE_CHECKING:
    import os
    from collections.abc import Callable

MAX_BYTES: Final = 64 * 1024
"""Size of an answer: that about a token is one or two kilobytes."""

_QUIET = 1.0
"""Seconds for which nobody is asked after nobody answered: an outage must not hold every thread of a program."""


class AskedIssuer:
    """The issuer, and how this program proves to it who it is (RFC 6749 section 2.3.1).

    Args:
        issuer: The issuer's address, whose metadata name the endpoint.
        endpoint: The endpoint itself, where it is known.
        client_id: This program's name at the issuer.
        client_secret: Its secret.
        timeout: Seconds for the whole of a question.
        ca_file: The certificates (PEM) of the only authorities that are believed.
        monotonic: A function returning seconds that never go back.

    Raises:
        ValueError: An address may not be asked, or an argument makes no sense.
    """

    def __init__(
        self,
        issuer: str,
        *,
        endpoint: str | None,
        client_id: str,
        client_secret: str,
        timeout: float,
        ca_file: str | os.PathLike[str] | None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        check_seconds(timeout=timeout)
        if not client_id or not client_secret:
            raise ValueError("client_id and client_secret are what the issuer knows this program by.")
        if endpoint is not None:
            checked_url(endpoint)
        self._issuer = issuer
        self._metadata_urls = metadata_urls(issuer) if endpoint is None else []
        self._endpoint = endpoint
        pair = f"{quote_plus(client_id)}:{quote_plus(client_secret)}"
        self._authorization = "Basic " + base64.b64encode(pair.encode()).decode()
        self._timeout = timeout
        self._ca_file = ca_file
        self._monotonic = monotonic
        self._quiet_until = 0.0

    def ask(self, token: str) -> dict[str, Any]:
        """What the issuer says of a token. Blocks, at most for two timeouts.

        Raises:
            StatusUnavailableError: The issuer did not answer, or not with what the standard asks for.
        """
        if self._monotonic() < self._quiet_until:
            raise StatusUnavailableError("the issuer did not answer a moment ago", retry_after=1)
        try:
            return self._ask(token)
        except FetchError as error:
            # An answer that was no help is of this one token, for all that is known; without any, everybody waits.
            if error.status is None:
                self._quiet_until = self._monotonic() + _QUIET
            hint = "; client_id or client_secret is wrong" if error.status in {400, 401, 403} else ""
            raise StatusUnavailableError(f"{error}{hint}") from None

    def _ask(self, token: str) -> dict[str, Any]:
        from gatepass.fetch import post_form  # noqa: PLC0415 - only who asks loads urllib and ssl

        endpoint = self._endpoint or self._discover()
        answer = post_form(
            endpoint,
            urlencode({"token": token, "token_type_hint": "access_token"}).encode(),
            {"Authorization": self._authorization},
            timeout=self._timeout,
            max_bytes=MAX_BYTES,
            ca_file=self._ca_file,
        )
        self._endpoint = endpoint
        return answer

    def _discover(self) -> str:
        from gatepass.fetch import get_json  # noqa: PLC0415 - as above

        failures = []
        for url in self._metadata_urls:
            try:
                found = get_json(url, timeout=self._timeout, ca_file=self._ca_file)
                return introspection_endpoint_of(found, self._issuer)
            except FetchError as error:
                failures.append(str(error))
            except ValueError as error:
                failures.append(f"{url}: {error}")
        raise FetchError("; ".join(failures))
