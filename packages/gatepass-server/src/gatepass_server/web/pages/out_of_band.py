"""The page of OAuth 1.0a for who cannot be sent back to the program (RFC 5849 section 2.2)."""

from flask import Response

from gatepass_server.protocol.oauth1.authorize import OutOfBand
from gatepass_server.web.pages.program_view import program_view
from gatepass_server.web.pages.rendering import Pages


def out_of_band_page(pages: Pages, outcome: OutOfBand) -> Response:
    """200 with the verifier that the person types into the program, or with what comes of a refusal."""
    program = program_view(outcome.client, outcome.client.id)
    return pages.show(
        "verifier.html",
        program=program,
        accent=program.accent,
        images=(program.logo,) if program.logo else (),
        verifier="" if outcome.verifier is None else outcome.verifier.reveal(),
    )
