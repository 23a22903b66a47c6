"""What every answer has, unless it says otherwise."""

from collections.abc import Sequence


def usual_headers(*, is_https: bool) -> Sequence[tuple[str, str]]:
    """No copies, nothing from elsewhere, no frames, no guesses.

    Args:
        is_https: whether browsers are told to come by that alone (RFC 6797).
    """
    headers = [
        ("Cache-Control", "no-store"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ]
    if is_https:
        headers.append(("Strict-Transport-Security", "max-age=31536000"))
    return tuple(headers)
