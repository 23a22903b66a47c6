"""The id of a request, by which its log lines are found."""

import re
import secrets

from gatepass_server.observe.redaction import redact_text

_FIT = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def request_id_for(offered: str) -> str:
    """What the caller offers in ``X-Request-Id`` if it is fit, otherwise one of ours.

    It stands in every log line, so what has the shape of a secret is not fit.
    """
    if offered and _FIT.fullmatch(offered) and redact_text(offered) == offered:
        return offered
    return secrets.token_hex(16)
