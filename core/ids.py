"""Names that say nothing: aliases that staff see and hashed ids of carriers."""

import secrets

_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"


def alias() -> str:
    """A random alias such as `KTR-4821` (20^3 x 10^4 values); uniqueness is the table's task."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(3))
    return f"{letters}-{secrets.randbelow(10_000):04d}"
