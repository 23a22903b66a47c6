"""What racing processes do to a store. Each returns the numbers of the rounds that it won."""

from gatepass_server.domain.errors import EmailTaken
from gatepass_server.store.sql import SqlStore, schema
from tests.support.samples import NOW, sample_device_code, sample_key, sample_rotation, sample_user

ROUNDS = 25


def sign_up(url: str, process: int) -> list[int]:
    """Add an account for each of the same e-mail addresses."""
    store = SqlStore(url)
    won = []
    for number in range(ROUNDS):
        try:
            with store.write() as uow:
                uow.users.add(sample_user(f"{process}-{number}", f"{number}@example.com"))
            won.append(number)
        except EmailTaken:
            pass
    store.close()
    return won


def spend(url: str, process: int) -> list[int]:
    """Spend each of the same tokens."""
    store = SqlStore(url)
    won = []
    for number in range(ROUNDS):
        with store.write() as uow:
            rotation = sample_rotation(str(number), f"{number} by {process}", family=str(number))
            if uow.refresh_tokens.rotate(rotation, now=NOW, idle=900).told():
                won.append(number)
    store.close()
    return won


def consume_device_codes(url: str, _process: int) -> list[int]:
    """Spend each of the same device codes."""
    store = SqlStore(url)
    won = []
    for number in range(ROUNDS):
        with store.write() as uow:
            if uow.device_codes.consume(sample_device_code(str(number)).digest, now=NOW).told():
                won.append(number)
    store.close()
    return won


def count(url: str, _process: int) -> list[int]:
    """Count one key, and return the counts."""
    store = SqlStore(url)
    counts = []
    for _ in range(ROUNDS):
        with store.write() as uow:
            counts.append(uow.throttles.hit("login:ann", window=60, now=NOW).count)
    store.close()
    return counts


def make_first_key(url: str, process: int) -> list[int]:
    """Add a key where there is none, under a lock."""
    store = SqlStore(url)
    won = []
    with store.write() as uow:
        uow.lock("keys")
        if not uow.signing_keys.all():
            uow.signing_keys.add(sample_key(str(process)))
            won.append(0)
    store.close()
    return won


def upgrade(url: str, _process: int) -> str | None:
    """Make the tables, and say which revision was found."""
    before = schema.upgrade(url).before
    store = SqlStore(url)
    store.check_ready()
    store.close()
    return before
