"""From Flask's request to a signed message."""

from urllib.parse import parse_qsl

from flask import request

from gatepass_server.protocol.oauth1.authorization_header import decoded
from gatepass_server.protocol.oauth1.messages import Pairs, SignedMessage
from gatepass_server.protocol.oauth1.problems import ParameterRejected
from gatepass_server.web.body import read_form_pairs
from gatepass_server.web.headers import client_address, request_id

_MOST_PARAMETERS = 100


def read_message(url: str, *, trusted_proxies: int) -> SignedMessage:
    """The request at hand.

    Args:
        url: of the endpoint, built from the issuer.
        trusted_proxies: that stand in front.

    Raises:
        UnreadableBody, UnsupportedMediaType, RequestEntityTooLarge: the body is no form.
        ParameterRejected: the query or the header cannot be read.
    """
    headers = request.headers.getlist("Authorization")
    if len(headers) > 1:
        raise ParameterRejected("The header Authorization is sent once.")
    return SignedMessage(
        method=request.method,
        url=url,
        query=_query(request.query_string),
        form=tuple(read_form_pairs(request)),
        authorization=headers[0] if headers else "",
        address=client_address(trusted_proxies),
        request_id=request_id(),
    )


def _query(text: bytes) -> Pairs:
    try:
        decoded(text.decode("ascii"))  # percent signs that stand for nothing are not signed in one way by all
        return tuple(
            parse_qsl(
                text.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_MOST_PARAMETERS
            )
        )
    except ValueError:
        raise ParameterRejected("The query cannot be read: it is no form in UTF-8, or too long.") from None
