"""The endpoints of OAuth 1.0a, there when the setting ``oauth1`` is on."""
