"""The signing keys: the ring that signs and publishes, and the operator's hand on it."""
