"""Whom one guard let in is nobody to another: other issuers, other rules."""

import pytest
from django.conf import settings
from django.test import RequestFactory

from gatepass import InsufficientAuthenticationError, Principal
from gatepass.guard import Requirement
from gatepass.testing import FakeIssuer
from gatepass.wsgi import by_prefix

if not settings.configured:
    settings.configure(ALLOWED_HOSTS=["*"], SECRET_KEY="for tests", DEFAULT_CHARSET="utf-8")

from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response
from rest_framework.views import APIView

from gatepass.drf import TokenGuard


def test_a_partners_token_passes_no_permission_of_another_guard() -> None:
    ours, theirs = FakeIssuer("https://ours.test"), FakeIssuer("https://theirs.test")
    internal, partner = TokenGuard(ours.verifier()), TokenGuard(theirs.verifier())

    class View(APIView):
        authentication_classes = (partner.authentication,)
        permission_classes = (internal.require("admin"),)
        renderer_classes = (JSONRenderer,)

        def get(self, _request: object) -> Response:
            raise AssertionError("it was let in")

    request = RequestFactory().get("/", headers=theirs.headers(scopes=["admin"]))
    assert View.as_view()(request).status_code == 401


@pytest.mark.parametrize("auth_time", [10**9 * 3, 10**400, 1e308])
def test_a_sign_in_of_the_future_is_no_recent_one(auth_time: float) -> None:
    principal = Principal.from_claims(
        {"sub": "a", "iss": "i", "aud": "b", "exp": 1}, b'{"auth_time":%d}' % int(auth_time)
    )
    with pytest.raises(InsufficientAuthenticationError):
        Requirement(max_age=60).apply(principal, 1_790_000_000)


@pytest.mark.parametrize("prefix", ["/gr\u00f6\u00dfe", "/a%20b"])
def test_a_prefix_that_no_path_would_match_is_told_at_once(prefix: str) -> None:
    with pytest.raises(ValueError, match="plain ASCII"):
        by_prefix({prefix: Requirement()})
