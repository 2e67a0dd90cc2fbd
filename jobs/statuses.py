"""Which statuses of the Department of Labor mean that a job may be offered today."""

import re

_DECIDED = re.compile(r"^determination issued - (partial )?certification(?: \((?P<after>.+)\))?$")
# What may follow a certification that still stands: the employer has asked for a change and waits.
_STILL_STANDS = ("change request", "other/amendment")


def is_certified(status: str) -> bool:
    """Is the employer certified today?

    The SeasonalJobs file of 2026-01-13 holds eighteen statuses. Certified are "Determination Issued - Certification"
    (5,685 rows), "... - Partial Certification" (24: fewer workers than asked for), and a certification with a
    change pending: "(Change Request - Assigned)" (11) and "(Other/Amendment - In Review)" (1). "(Returned)" (28)
    is left out: nothing public says that it still stands. Acceptances (about 3,400) only start recruitment of
    US workers and may yet be denied. A suffix that nobody knows yet counts as not certified.
    """
    found = _DECIDED.match(" ".join(status.lower().split()))
    if found is None:
        return False
    after = found["after"]
    return after is None or after.startswith(_STILL_STANDS)


def kind(status: str) -> str:
    """The status in one code: certified, returned, pending or other."""
    if is_certified(status):
        return "certified"
    low = status.lower()
    if "(returned)" in low:
        return "returned"
    waits = ("accept", "pending", "notice of acceptance", "nod issued")
    return "pending" if low.startswith(waits) else "other"
