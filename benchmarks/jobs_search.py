"""Job search over 100,000 generated orders: `python -m benchmarks.jobs_search [ORDERS]`. Prints p50, p95, p99 in ms.

Titles, states and wages follow the sample; cities come from the gazetteer, so distances are real.
"""

import random
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice
from pathlib import Path

from amparo.migrate import migrate
from core import postgres
from core.clock import today
from core.config import load
from core.database import Database
from jobs import places
from jobs.importer import import_source
from jobs.query import understand
from jobs.sample import Sample
from jobs.search import search
from jobs.sources import Source

SEARCHES = (
    ("kiero trabajo en la pizca de naranja en florida en marzo", "es"),
    ("travay nan fèm nan Georgia", "ht"),
    ("housekeeping job colorado", "en"),
    ("trabaho sa hotel sa Texas", "tl"),
    ("landscape laborer near Denver", "en"),
    ("jobs in Plant City, Florida", "en"),
    ("33801", "en"),
    ("farm work", "en"),
    ("trabajo", "es"),
    ("cocinero en maine h-2b mayo", "es"),
    ("borreguero en puerto rico", "es"),
    ("crab picker near seattle in december h2a", "en"),
    ("astronaut in Nebraska", "en"),
    ("astronaut", "en"),
    ("manzana cerca de atlanta", "es"),
)


@dataclass
class Generated(Source):
    """Many orders made from the sample, each in a city of its own."""

    count: int = 0

    def rows(self) -> Iterator[tuple[int, dict[str, object] | str]]:
        """Row number and row, the same ones each time."""
        chance = random.Random(7)
        models = [row for _, row in Sample(today()).rows() if isinstance(row, dict)]
        cities = [city for same in places.cities().values() for city in same]
        for number in range(1, self.count + 1):
            yield number, _varied(chance.choice(models), chance.choice(cities), number, chance)


def _varied(row: dict[str, object], city: places.City, number: int, chance: random.Random) -> dict[str, object]:
    begin = today() + timedelta(days=chance.randrange(-200, 200))
    return row | {
        "case_number": f"H-300-26{number % 1000:03d}-{number:06d}",
        "case_status": "Determination Issued - Certification",
        "employer_business_name": f"Generated Firm {number // 3} LLC",
        "worksite_city": city.name,
        "worksite_state": places.state_name(city.state),
        "worksite_zip": "",
        "begin_date": str(begin),
        "end_date": str(begin + timedelta(days=chance.randrange(60, 300))),
    }


def fill(database: Database, count: int) -> float:
    """Import generated orders; returns rows per second."""
    report = import_source(database, Generated(Path(__file__), "generated", count=count), today())
    return count / report.seconds


def measure(database: Database, rounds: int, day: date) -> dict[tuple[str, str], list[float]]:
    """Milliseconds of understanding and searching, with its transaction."""
    taken: dict[tuple[str, str], list[float]] = {each: [] for each in SEARCHES}
    for _ in range(rounds):
        for words, lang in SEARCHES:
            started = time.perf_counter()
            with database.begin() as session:
                search(session, understand(words, lang, day), today=day)
            taken[words, lang].append((time.perf_counter() - started) * 1000)
    return taken


def percentile(values: list[float], share: float) -> float:
    """The value below which this share lies."""
    return next(islice(sorted(values), min(len(values) - 1, int(len(values) * share)), None))


def main() -> None:
    """Fill a fresh database, search, print."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    home = Path(tempfile.mkdtemp(prefix="amparo-bench-"))
    settings = load({"AMPARO_HOME": str(home)})
    server = postgres.start(settings)
    try:
        migrate(settings)
        speed = fill(Database(settings, "operator"), count)
        print(f"{count:,} orders imported at {speed:,.0f} rows/s")
        reader = Database(settings, "actions")
        measure(reader, 2, today())
        taken = measure(reader, 30, today())
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)
    for (words, lang), values in taken.items():
        print(f"{percentile(values, 0.5):7.1f} {percentile(values, 0.99):7.1f} ms  {lang}  {words}")
    everything = [value for values in taken.values() for value in values]
    figures = "  ".join(f"p{round(share * 100)} {percentile(everything, share):.1f} ms" for share in (0.5, 0.95, 0.99))
    print(f"all searches: {figures}")


if __name__ == "__main__":
    main()
