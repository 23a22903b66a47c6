"""Accounts to log in with, written through the store."""

from pathlib import Path

from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.domain.accounts import User
from gatepass_server.domain.ids import new_id
from gatepass_server.store.sql import SqlStore

PASSWORD = "a password of many words"


def email(number: int) -> str:
    return f"person{number}@example.com"


def settle(data: Path, count: int) -> str:
    """Add ``count`` accounts with one password; the hash of it, made with the default cost."""
    password_hash = PasswordHasher().hash(PASSWORD)
    store = SqlStore(f"sqlite:///{data / 'gatepass.db'}")
    try:
        with store.write() as uow:
            for number in range(count):
                address = email(number)
                uow.users.add(
                    User(new_id(), f"Person {number}", address, address, password_hash, False, 0, None)
                )
    finally:
        store.close()
    return password_hash
