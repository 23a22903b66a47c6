"""How ``/openapi.json`` describes a password that is about to be chosen."""

from gatepass_server.web.schema import Schema

# What a schema can say of a rule that has too many words for it: the first on the list, and those that a generator of
# samples finds first. That a password is not one's own name or e-mail address, no schema can say.
_SOME_COMMON_PASSWORDS = (
    *("00000000", "000000000", "0000000000", "000000000000", "00000001", "11111111", "aaaaaaaa"),
    *("12345678", "123456789", "1234567890", "password", "password1", "qwerty123", "iloveyou"),
)
NEW_PASSWORD: Schema = {
    "type": "string",
    "format": "password",
    "minLength": 8,
    "maxLength": 1024,
    "not": {"enum": list(_SOME_COMMON_PASSWORDS)},
    "description": "At most 1,024 bytes in UTF-8; not one of the many common ones, nor one's own name or "
    "e-mail address.",
}
