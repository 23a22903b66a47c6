"""The id of a request, by which its log lines are found."""

import re
import secrets

_FIT = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


def request_id_for(offered: str) -> str:
    """What the caller offers in ``X-Request-Id`` if it is fit, otherwise one of ours."""
    return offered if _FIT.fullmatch(offered) else secrets.token_hex(16)
