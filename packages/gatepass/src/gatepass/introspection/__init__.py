"""Tokens that mean nothing to an API: their issuer is asked about each (RFC 7662)."""

from gatepass.introspection.verifier import IntrospectionVerifier

__all__ = ["IntrospectionVerifier"]
