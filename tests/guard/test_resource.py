"""What an API tells of itself (RFC 9728)."""

import pytest

from gatepass import ProtectedResource

ISSUERS = ("https://issuer.test",)


@pytest.mark.compliance("RFC 9728", "3.1", "the well-known part stands between host and path")
@pytest.mark.parametrize(
    ("identifier", "url"),
    [
        ("https://api.test", "https://api.test/.well-known/oauth-protected-resource"),
        ("https://api.test/", "https://api.test/.well-known/oauth-protected-resource"),
        ("https://api.test/orders", "https://api.test/.well-known/oauth-protected-resource/orders"),
        ("https://api.test/a/b/", "https://api.test/.well-known/oauth-protected-resource/a/b/"),
        ("https://api.test:8443/a%20b", "https://api.test:8443/.well-known/oauth-protected-resource/a%20b"),
        ("http://127.0.0.1:8001/x", "http://127.0.0.1:8001/.well-known/oauth-protected-resource/x"),
        ("https://[2001:db8::1]/x", "https://[2001:db8::1]/.well-known/oauth-protected-resource/x"),
    ],
)
def test_where_the_document_lies(identifier: str, url: str) -> None:
    resource = ProtectedResource(identifier=identifier)
    assert resource.metadata_url == url
    assert url.endswith(resource.metadata_path)
    assert resource.metadata_path.startswith("/.well-known/")


@pytest.mark.compliance("RFC 9728", "3.3", "resource is identical to the address the client knows")
def test_the_document_names_the_resource_exactly_as_it_was_given() -> None:
    for identifier in ("https://api.test", "https://api.test/", "https://API.test/Orders"):
        assert ProtectedResource(identifier=identifier).document(ISSUERS)["resource"] == identifier


@pytest.mark.compliance("RFC 9728", "3.2", "parameters without a value are left out")
def test_a_plain_document_says_only_what_is_known() -> None:
    assert ProtectedResource(identifier="https://api.test").document(ISSUERS) == {
        "resource": "https://api.test",
        "authorization_servers": ["https://issuer.test"],
        "bearer_methods_supported": ["header"],
    }


@pytest.mark.compliance("RFC 9728", "2", "the members of the document")
def test_a_full_document_says_everything() -> None:
    resource = ProtectedResource(
        identifier="https://api.test",
        authorization_servers=("https://one.test", "https://two.test"),
        scopes_supported=("orders:read", "orders:write"),
        name="Orders",
        documentation="https://api.test/docs",
    )
    assert resource.document(ISSUERS, dpop_algorithms=("ES256",), dpop_required=True) == {
        "resource": "https://api.test",
        "authorization_servers": ["https://one.test", "https://two.test"],
        "scopes_supported": ["orders:read", "orders:write"],
        "bearer_methods_supported": ["header"],
        "resource_name": "Orders",
        "resource_documentation": "https://api.test/docs",
        "dpop_signing_alg_values_supported": ["ES256"],
        "dpop_bound_access_tokens_required": True,
    }


@pytest.mark.parametrize(
    "address",
    [
        "",
        "api.test",
        "//api.test",
        "ftp://api.test",
        "http://api.test",
        "https://",
        "https://user@api.test",
        "https://api.test:99999",
        "https://api.test/a b",
        "https://api.test/é",
        "https://api.test?x=1",
        "https://api.test/?",
        "https://api.test/#",
        'https://api.test/", error="none',
        "https://api.test/\\",
        "https://api.test/<x>",
        "https://api.test/\n",
    ],
)
def test_what_can_be_no_address_of_a_resource_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match=r"address|[Pp]ort"):
        ProtectedResource(identifier=address)
    if address:
        with pytest.raises(ValueError, match=r"address|[Pp]ort"):
            ProtectedResource(identifier="https://api.test", root=address)


def test_a_scope_or_a_server_that_can_be_none_is_refused() -> None:
    with pytest.raises(ValueError, match="not a scope"):
        ProtectedResource(identifier="https://api.test", scopes_supported=("a b",))
    with pytest.raises(ValueError, match="authorization_servers"):
        ProtectedResource(
            identifier="https://api.test",
            authorization_servers="https://a.test",  # type: ignore[arg-type] # one string is many letters
        )


@pytest.mark.compliance("RFC 9449", "4.3", "htu is compared with the address of the request")
@pytest.mark.parametrize(
    ("identifier", "root", "url"),
    [
        ("https://api.test", "", "https://api.test/orders/7"),
        ("https://api.test/orders", "", "https://api.test/orders/7"),
        ("https://api.test:8443/v1/", "", "https://api.test:8443/orders/7"),
        ("https://api.test/v1", "https://api.test/v1", "https://api.test/v1/orders/7"),
        ("https://api.test/v1", "https://api.test/v1/", "https://api.test/v1/orders/7"),
    ],
)
def test_the_address_of_a_request_is_made_from_the_configured_one(
    identifier: str, root: str, url: str
) -> None:
    assert ProtectedResource(identifier=identifier, root=root).url_of("/orders/7") == url
