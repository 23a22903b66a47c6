"""Passwords, keys and secrets at rest."""
