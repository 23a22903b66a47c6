"""What is wrong with a field, in words that are translated. The API says the same in English."""

from gatepass_server.domain.errors import FieldFault
from gatepass_server.domain.names import MAX_CHARACTERS
from gatepass_server.domain.password_policy import MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARACTERS
from gatepass_server.web.pages.sentences import Sentence, sentence

_BY_FIELD = {
    ("name", "missing"): sentence("Please enter your name."),
    ("name", "invalid"): sentence(
        "Please enter a name of at most %(most)s characters, without control characters.", most=MAX_CHARACTERS
    ),
    ("email", "missing"): sentence("Please enter your e-mail address."),
    ("email", "invalid"): sentence("Please enter a complete e-mail address, such as name@example.com."),
    ("email", "kept_elsewhere"): sentence(
        "People with such an address have a password of their organisation: sign in with that."
    ),
    ("password", "missing"): sentence("Please enter a password."),
    ("current_password", "missing"): sentence("Please enter your current password."),
    ("new_password", "missing"): sentence("Please enter a new password."),
}
_BY_CODE = {
    "missing": sentence("Please fill in this field."),
    "too_short": sentence("Please use at least %(least)s characters.", least=MIN_PASSWORD_CHARACTERS),
    "too_long": sentence(
        "This is longer than the %(most)s bytes that a password may have.", most=MAX_PASSWORD_BYTES
    ),
    "too_common": sentence("This is one of the most common passwords. Please choose another."),
    "too_personal": sentence("A password must not be your own name or e-mail address."),
    "not_text": sentence("This has characters that are no text."),
    "unchanged": sentence("This is the password that you have already."),
}
_OTHERWISE = sentence("This value is not accepted.")


def words_for(fault: FieldFault) -> Sentence:
    """The sentence for a fault."""
    return _BY_FIELD.get((fault.field, fault.code)) or _BY_CODE.get(fault.code, _OTHERWISE)
