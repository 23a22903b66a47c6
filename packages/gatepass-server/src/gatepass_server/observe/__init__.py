"""What the operator sees: structured logs, with nothing secret in them."""
