"""Hash the passwords that a file has in the clear, on all cores."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from gatepass_server.accounts.import_users.plan import PlannedRow
from gatepass_server.crypto.passwords import PasswordHasher
from gatepass_server.domain.accounts import User


def hash_passwords(
    rows: Sequence[PlannedRow], hasher: PasswordHasher, each: Callable[[], None]
) -> list[User]:
    """The accounts of ``rows``, in their order, each with a hash. ``each`` is called after every hash made.

    Raises:
        Busy: the memory could not be had.
    """
    plain = [row.password for row in rows if row.password]
    pool = ThreadPoolExecutor(os.cpu_count())  # argon2 releases the GIL
    try:
        hashes = pool.map(lambda password: hasher.hash(password.reveal()), plain)
        users: list[User] = []
        for row in rows:
            if row.user is None:
                raise ValueError("only rows that become accounts can be hashed")
            if row.password:
                users.append(replace(row.user, password_hash=next(hashes)))
                each()
            else:
                users.append(row.user)
        return users
    finally:
        pool.shutdown(cancel_futures=True)  # an interrupted import does not first hash the rest
