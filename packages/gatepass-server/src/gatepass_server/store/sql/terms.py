"""What is kept as JSON: the terms of grants."""

import msgspec

from gatepass_server.domain.grants import NO_TERMS, CodeTerms, Terms

_encode = msgspec.json.Encoder().encode
_TERMS = msgspec.json.Decoder(Terms)
_CODE_TERMS = msgspec.json.Decoder(CodeTerms)
_NOTHING = "{}"


def encode_terms(terms: Terms) -> str:
    """As they are compared and kept; what is as usual is left out."""
    return _NOTHING if terms is NO_TERMS else _encode(terms).decode()


def decode_terms(text: str) -> Terms:
    """What was kept."""
    return NO_TERMS if text == _NOTHING else _TERMS.decode(text)


def encode_code_terms(terms: CodeTerms) -> str:
    """As they are kept."""
    return _encode(terms).decode()


def decode_code_terms(text: str) -> CodeTerms:
    """What was kept."""
    return _CODE_TERMS.decode(text)
