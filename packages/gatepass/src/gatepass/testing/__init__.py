"""Real tokens for the tests of programs that check tokens: good ones, and bad ones of every kind.

```python
from gatepass.testing import FakeIssuer

issuer = FakeIssuer(audience="orders-api")
app = create_app(issuer.verifier())  # a real Verifier, with the issuer's keys and on its clock

client.get("/orders", headers=issuer.headers(scopes=["orders:read"]))  # let in
client.get("/orders", headers=issuer.headers(expired=True))  # refused
```

Nothing is mocked: keys, signatures and checks are those of the library. With pytest, the fixtures of the plugin
``gatepass`` save the rest of the typing; `docs/howto/test-your-api.md` shows them.
"""

from gatepass.testing.bad_tokens import BAD_TOKENS, BadToken
from gatepass.testing.clock import FakeClock
from gatepass.testing.issuer import FakeIssuer
from gatepass.testing.token_options import TokenOptions

__all__ = ["BAD_TOKENS", "BadToken", "FakeClock", "FakeIssuer", "TokenOptions"]
