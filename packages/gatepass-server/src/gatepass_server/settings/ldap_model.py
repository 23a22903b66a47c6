"""The settings of an LDAP directory, declared as all others are."""

from typing import Annotated

import msgspec
from msgspec import Meta

from gatepass_server.domain.secret import Secret


class LdapSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What an operator can say of a directory."""

    ldap_url: Annotated[
        str,
        Meta(
            description="An LDAP directory that judges passwords of people who have none here, as "
            "`ldaps://ldap.example.com`; several, separated by blanks, are tried in their order. Needs "
            "`pip install 'gatepass-server[ldap]'`. Empty means none; the other `ldap_` settings then do nothing."
        ),
    ] = ""
    ldap_name: Annotated[
        str,
        Meta(
            pattern=r"^[a-z0-9][a-z0-9._-]{0,39}\Z",
            description="Names the directory in the accounts that come of it. Keep it when the directory moves to "
            "another address; change it when another directory, with other people, takes its place.",
        ),
    ] = "directory"
    ldap_starttls: Annotated[
        bool, Meta(description="Encrypt the connection to an `ldap://` address by StartTLS.")
    ] = False
    ldap_plaintext: Annotated[
        bool,
        Meta(
            description="Use `ldap://` addresses without encryption. Passwords of people then cross the network "
            "readable, and whoever is on the way can let anybody in."
        ),
    ] = False
    ldap_ca_file: Annotated[
        str,
        Meta(
            description="A file (PEM) with authorities that are believed beside the system's when the directory shows "
            "its certificate."
        ),
    ] = ""
    ldap_bind_dn: Annotated[
        str,
        Meta(
            description="Who searches the directory: the name of an account that may read people and groups, and "
            "nothing more. Empty means that nobody in particular searches (anonymously)."
        ),
    ] = ""
    ldap_bind_password: Annotated[Secret, Meta(description="The password of `ldap_bind_dn`.")] = Secret("")
    ldap_base: Annotated[
        str, Meta(description="Where people are looked for, and below, as `ou=people,dc=example,dc=com`.")
    ] = ""
    ldap_user_filter: Annotated[
        str,
        Meta(
            description="Who of them may sign in: a filter (RFC 4515). It holds at every sign-in, so who fits it no "
            "longer stays outside."
        ),
    ] = "(objectClass=person)"
    ldap_login_attributes: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z][A-Za-z0-9-]*( [A-Za-z][A-Za-z0-9-]*)*\Z",
            description="What people may type for an e-mail address when they sign in, separated by blanks: one of "
            "these attributes must have it. What fits more than one entry lets nobody in.",
        ),
    ] = "mail uid"
    ldap_subject_attribute: Annotated[
        str,
        Meta(
            pattern=r"^[A-Za-z][A-Za-z0-9-]*\Z",
            description="The attribute that names an entry for good and is given to no other: `entryUUID`, in Active "
            "Directory `objectGUID`. Accounts are recognised by it alone, never by a name or an e-mail address.",
        ),
    ] = "entryUUID"
    ldap_email_attribute: Annotated[
        str,
        Meta(pattern=r"^[A-Za-z][A-Za-z0-9-]*\Z", description="The attribute with the e-mail address."),
    ] = "mail"
    ldap_name_attribute: Annotated[
        str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9-]*\Z", description="The attribute with a person's name.")
    ] = "cn"
    ldap_email_domains: Annotated[
        str,
        Meta(
            description="The domains for which the directory is believed, separated by blanks: an account is made with "
            "an address of these alone, and the address counts as verified. Empty means any domain, and nothing "
            "verified. Nobody signs up here with an address of a domain that is named.",
        ),
    ] = ""
    ldap_roles: Annotated[
        str,
        Meta(
            description="Which groups of the directory stand for which roles: `role=group`, the group by its "
            "distinguished name, separated by `;` or lines, as in `editor=cn=staff,ou=groups,dc=example,dc=com`. "
            "The roles are given and taken at every sign-in; those that were given by hand stay. A role must exist "
            "(`gatepass roles create`)."
        ),
    ] = ""
    ldap_group_attribute: Annotated[
        str,
        Meta(
            pattern=r"^([A-Za-z][A-Za-z0-9-]*)?\Z",
            description="The attribute of a person's entry with the names of their groups. Empty means that there is "
            "none.",
        ),
    ] = "memberOf"
    ldap_group_filter: Annotated[
        str,
        Meta(
            description="Where people's entries do not name their groups: the filter that those fit, with `{dn}` for "
            "the person's name and `{uid}` (or another attribute in braces) for what their entry has, as in "
            "`(&(objectClass=groupOfNames)(member={dn}))`."
        ),
    ] = ""
    ldap_group_base: Annotated[
        str, Meta(description="Where groups are looked for, and below. Empty means `ldap_base`.")
    ] = ""
    ldap_password_page: Annotated[
        str,
        Meta(
            description="Where people change the passwords that the directory has, an `https` address: people who look "
            "for that here are sent there."
        ),
    ] = ""
    ldap_timeout: Annotated[
        int,
        Meta(ge=1, le=30, description="How long the directory may take to judge a password, all in all."),
    ] = 5
