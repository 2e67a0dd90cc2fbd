"""A small register of invented orders for the demo and for tests; its dates are always ahead of today."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path

from jobs.records import parse_date
from jobs.sources import Source

FILE = Path(__file__).with_name("orders.json")
_DATES = ("begin_date", "end_date", "active_date")


class Sample(Source):
    """The invented orders, moved in time as if they had been written today."""

    def __init__(self, today: date) -> None:
        super().__init__(FILE, "sample")
        self.today = today

    def rows(self) -> Iterator[tuple[int, dict[str, object] | str]]:
        """Row number and row, with every date moved."""
        held = json.loads(FILE.read_text(encoding="utf-8"))
        moved = self.today - date.fromisoformat(held["written_on"])
        for number, row in enumerate(held["records"], 1):
            dates = {name: str(day + moved) for name in _DATES if (day := parse_date(row[name]))}
            yield number, row | dates
