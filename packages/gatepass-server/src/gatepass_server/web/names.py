"""How ``/openapi.json`` describes names of people, and lines of text about other things: see ``domain.names``."""

from gatepass_server.web.schema import Schema

# Controls, what breaks lines or turns the direction of writing, and private use. A regular expression
# of JSON Schema has no escape beyond U+FFFF, so those characters stand in it themselves.
_REFUSED = (
    r"\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ue000-\uf8ff"
    "\U000f0000-\U000ffffd\U00100000-\U0010fffd"
)
NAME: Schema = {
    "type": "string",
    "minLength": 1,
    "maxLength": 200,
    "not": {"pattern": f"[{_REFUSED}]|^\\s*$"},
    "description": "Trimmed; it has no control characters.",
}
LINE: Schema = {
    "type": "string",
    "maxLength": 200,
    "not": {"pattern": f"[{_REFUSED}]"},
    "description": "Trimmed; it may be empty, and has no control characters.",
}
