"""The least that Django wants before it is used: settings, once for all tests of a process, without any application."""

import django
from django.conf import settings

if not settings.configured:
    settings.configure(
        ALLOWED_HOSTS=["*"], SECRET_KEY="for tests", REST_FRAMEWORK={"UNAUTHENTICATED_USER": None}
    )
django.setup()
