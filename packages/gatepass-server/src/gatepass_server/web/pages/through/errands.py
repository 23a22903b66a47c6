"""What an errand to another house hands on to the pages after it."""

from gatepass_server.domain.upstream_attempts import Errand
from gatepass_server.web.pages.carried import Carried


def carried_of(errand: Errand) -> Carried:
    """What an errand hands on."""
    return Carried(errand.flow, errand.next, errand.another)
