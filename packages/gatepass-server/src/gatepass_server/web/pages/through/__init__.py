"""Signing in through other houses, as people see it."""
