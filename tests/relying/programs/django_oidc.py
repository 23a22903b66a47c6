"""A Django project that people sign in to, with mozilla-django-oidc: settings, addresses and pages in one file."""

import os
from urllib.parse import urlencode

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

ISSUER = os.environ["ISSUER"]
PORT = os.environ["PORT"]

settings.configure(
    SECRET_KEY=os.urandom(16).hex(),
    ALLOWED_HOSTS=["127.0.0.1"],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": f"people-{PORT}.sqlite3"}},
    INSTALLED_APPS=[
        "django.contrib.contenttypes",
        "django.contrib.auth",
        "django.contrib.sessions",
        "mozilla_django_oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "mozilla_django_oidc.middleware.SessionRefresh",
    ],
    AUTHENTICATION_BACKENDS=["mozilla_django_oidc.auth.OIDCAuthenticationBackend"],
    OIDC_RP_CLIENT_ID=os.environ["CLIENT_ID"],
    OIDC_RP_CLIENT_SECRET=os.environ["CLIENT_SECRET"],
    OIDC_RP_SIGN_ALGO="RS256",
    OIDC_RP_SCOPES="openid profile email",
    OIDC_USE_PKCE="USE_PKCE" in os.environ,
    OIDC_TOKEN_USE_BASIC_AUTH="USE_BASIC" in os.environ,
    OIDC_OP_AUTHORIZATION_ENDPOINT=f"{ISSUER}/oauth2/authorize",
    OIDC_OP_TOKEN_ENDPOINT=f"{ISSUER}/oauth2/token",
    OIDC_OP_USER_ENDPOINT=f"{ISSUER}/oauth2/userinfo",
    OIDC_OP_JWKS_ENDPOINT=f"{ISSUER}/.well-known/jwks.json",
    OIDC_OP_LOGOUT_URL_METHOD=f"{__name__}.sign_out_of_gatepass",
    OIDC_STORE_ID_TOKEN=True,
    OIDC_EXEMPT_URLS=["/grow-old"],
    ALLOW_LOGOUT_GET_METHOD=True,
    LOGIN_REDIRECT_URL="/",
    LOGOUT_REDIRECT_URL="/",
)


def home(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and whether the session was renewed since it grew old."""
    email = getattr(request.user, "email", None)
    return JsonResponse({"email": email, "renewed": request.session.get("oidc_id_token_expiration", 0) > 0})


def grow_old(request: HttpRequest) -> HttpResponse:
    """As if the quarter of an hour were over, after which the middleware renews the session."""
    request.session["oidc_id_token_expiration"] = 0
    return JsonResponse({})


def sign_out_of_gatepass(request: HttpRequest) -> str:
    """Where a log-out goes on."""
    told = {
        "id_token_hint": request.session["oidc_id_token"],
        "post_logout_redirect_uri": request.build_absolute_uri("/"),
    }
    return f"{ISSUER}/oauth2/logout?{urlencode(told)}"


urlpatterns = [
    path("", home),
    path("grow-old", grow_old),
    path("oidc/", include("mozilla_django_oidc.urls")),
]

if __name__ == "__main__":
    execute_from_command_line(["manage", "migrate", "--verbosity", "0"])
    execute_from_command_line(["manage", "runserver", "--noreload", f"127.0.0.1:{PORT}"])
