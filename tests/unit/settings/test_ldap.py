"""The settings of a directory."""

from typing import Any

import pytest

from gatepass_server.settings import Settings, SettingsError, load_settings
from gatepass_server.settings.loosenings import find_loosenings

GOOD = {"ldap_url": "ldaps://ldap.example.com", "ldap_base": "dc=example,dc=com"}


def load(**options: Any) -> Settings:
    return load_settings(options={**GOOD, **options}, environ={})


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"ldap_url": "ldap://ldap.example.com"}, "cross the network readable"),
        ({"ldap_url": "https://ldap.example.com"}, "not an address"),
        ({"ldap_url": "ldaps://ldap.example.com/ou=people"}, "a host and a port"),
        ({"ldap_url": "ldaps://who:secret@ldap.example.com"}, "a host and a port"),
        ({"ldap_url": "ldaps://a ldap://b", "ldap_starttls": True}, "for all addresses"),
        ({"ldap_url": "ldap://a", "ldap_starttls": True, "ldap_plaintext": True}, "one of the two"),
        ({"ldap_base": ""}, "where people are looked for"),
        ({"ldap_bind_dn": "cn=gatepass"}, "without a password"),
        ({"ldap_bind_password": "secret"}, "without a password"),
        ({"ldap_roles": "editor"}, "is not a role"),
        ({"ldap_roles": "editor=staff"}, "is not a role"),
        ({"ldap_roles": "e d=cn=staff"}, "A name has 1 to 64"),
        ({"ldap_roles": "editor=cn=staff", "ldap_group_attribute": ""}, "how groups are found"),
        ({"ldap_login_attributes": "mail,uid"}, "must be a text"),
        ({"ldap_password_page": "javascript:alert(1)"}, "https address"),
    ],
)
def test_a_directory_that_cannot_be_used_is_a_fault(options: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError, match=sentence) as refused:
        load(**options)
    assert "secret" not in str(refused.value)


def test_without_a_directory_its_settings_are_not_judged() -> None:
    assert load(ldap_url="", ldap_base="").ldap_url == ""


def test_readable_passwords_are_a_loosening_that_is_named() -> None:
    settings = load(ldap_url="ldap://ldap.example.com", ldap_plaintext=True)
    assert any(sentence.startswith("ldap_plaintext:") for sentence in find_loosenings(settings))
    assert not any(sentence.startswith("ldap_") for sentence in find_loosenings(load()))
