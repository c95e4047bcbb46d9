"""Passwords: which ones are allowed, and how they are kept and compared."""

import hashlib
import secrets

MIN_LENGTH = 4
MAX_LENGTH = 128

# An emulator protects nobody's money: enough rounds that a dump shows no passwords, few enough to cost no time.
_ROUNDS = 500


def is_allowed(password: str) -> bool:
    """4 to 128 characters, whatever they are (checkout-api.md 16)."""
    return MIN_LENGTH <= len(password) <= MAX_LENGTH


def hashed(password: str, salt: str) -> str:
    """What is kept of a password. `salt` is a text of random hexadecimal digits."""
    return f"pbkdf2:{_ROUNDS}:{salt}:{_stretched(password, salt, _ROUNDS)}"


def hashed_cheaply(password: str, salt: str) -> str:
    """The same for customers of the seed, of whom there may be thousands with known passwords (seed.md 1)."""
    return f"sha256:1:{salt}:{hashlib.sha256(salt.encode() + _bytes(password)).hexdigest()}"


def matches(kept: str, password: str) -> bool:
    """Whether it is that password. Compares in constant time; nothing matches a customer without a password."""
    method, _, rest = kept.partition(":")
    rounds, _, rest = rest.partition(":")
    salt, _, digest = rest.partition(":")
    if not digest:
        return False
    if method == "pbkdf2":
        found = _stretched(password, salt, int(rounds))
    else:
        found = hashlib.sha256(salt.encode() + _bytes(password)).hexdigest()
    return secrets.compare_digest(found, digest)


def _stretched(password: str, salt: str, rounds: int) -> str:
    """PBKDF2 over the password's own digest: HMAC alone takes a password and the same with a zero byte for one key."""
    digest = hashlib.sha256(_bytes(password)).digest()
    return hashlib.pbkdf2_hmac("sha256", digest, salt.encode(), rounds).hex()


def _bytes(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")
