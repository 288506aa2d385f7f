"""What went wrong between us and the database, as a sentence without the password."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from workbench.review.store.address import Address
from workbench.terms import InputError

PATIENCE = 30  # seconds that a writer waits for the one before
# What SQLite and PostgreSQL say (small letters), and what it means.
_MEANINGS = {
    ("is locked", "lock timeout"): (
        f"another session has been writing for over {PATIENCE} seconds; is one hanging? Nothing "
        "was written: try again"
    ),
    ("readonly", "read-only"): (
        "it can only be read here (a read-only file, folder or medium, or no right to write)"
    ),
    ("permission denied",): "this user has no right to do that; ask who keeps the database",
    ("disk is full", "no space left"): "the disk is full; nothing was written",
    ("not a database",): "that is no SQLite file",
    (
        "malformed",
        "codec can't decode",
        "could not decode",
    ): "the file is damaged: take the last backup",
    ("unable to open",): "it cannot be opened; is the folder there, and may you write to it?",
    ("disk i/o error", "locking protocol"): (
        "the disk does not do what a database needs; a network drive? Keep the store on a disk of "
        "this machine, or in PostgreSQL"
    ),
}


@contextmanager
def sentences(address: Address) -> Iterator[None]:
    """Errors of the database become an `InputError` that says what happened."""
    from sqlalchemy.exc import SQLAlchemyError

    try:
        yield
    except (SQLAlchemyError, UnicodeDecodeError) as error:  # SQLite quotes a damaged file's bytes
        raise failed(address, error) from None


def failed(address: Address, error: BaseException) -> InputError:
    """The sentence for an error of the database."""
    cause = getattr(error, "orig", None) or error
    said = " ".join(str(cause).split())[:300]
    for secret in address.secrets:
        said = said.replace(secret, "***")
    for signs, meaning in _MEANINGS.items():
        if any(sign in said.lower() for sign in signs):
            return InputError(f"{address.label}: {meaning} ({said})")
    return InputError(f"{address.label}: the review store cannot be used ({said})")
