"""One row of a source -> one clean record, or the reason why not. Nothing here raises on a bad row."""

import ast
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from functools import cached_property
from hashlib import sha256

from jobs import names, occupations, places, wages
from jobs.text import clean

type Row = Mapping[str, object]

_CASE = re.compile(r"^[A-Z]{1,2}(?:-[A-Z])?-\d{3}-\d{5}-\d{6}$")
_ISO = re.compile(r"^(\d{4})-(\d{2})-(\d{2})")
_AMERICAN = re.compile(r"^(\d{1,2})/(\d{1,2})/(\d{4})")
_URL = re.compile(r"^(?:https?://)?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?::\d+)?(?:[/?#]\S*)?$", re.IGNORECASE)
_NOTHING = frozenset({"", "n/a", "na", "none", "null", "nan", "[masked]", "false", "true", "0", "tbd", "-", "."})
_PROGRAMS = {"H-2A": "H-2A", "H2A": "H-2A", "H-2B": "H-2B", "H2B": "H-2B"}
_YEARS = range(2005, 2060)
_LONGEST_SEASON = 1_130  # days: an H-2B one-time need may last three years
_TEXT = 20_000


class Refused(Exception):
    """The row cannot be taken; `reason` is a code of the report."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Site:
    """A worksite with its position."""

    address: str
    city: str
    state: str | None
    zip: str | None
    lat: float | None
    lon: float | None
    position: str
    more_sites: bool


@dataclass(frozen=True)
class Pay:
    """One rate of the order."""

    basis: str
    amount: float
    amount_to: float | None
    unit: str
    source_column: str
    suspicious: bool
    note: str = ""


@dataclass
class Record:
    """A job order as the register keeps it."""

    case_number: str
    status: str
    program: str
    as_of: date
    source_id: str
    title: str
    employer: str
    trade_name: str
    employer_city: str
    employer_state: str
    employer_zip: str | None
    site: Site
    begin: date | None
    end: date | None
    apply_until: date | None
    positions: int | None
    hours: float | None
    texts: dict[str, str]
    overtime: bool | None
    experience_months: int | None
    pays: list[Pay]
    flags: list[str] = field(default_factory=list)

    @cached_property
    def fingerprint(self) -> str:
        """Equal for rows that say the same; the as-of date does not count."""
        said = [getattr(self, field.name) for field in fields(self) if field.name != "as_of"]
        return sha256(repr((occupations.version(), said)).encode()).hexdigest()[:32]


def read(row: Row, as_of: date) -> Record:
    """Read a row of the SeasonalJobs API or of its CSV form. Raises Refused and nothing else."""
    flags: list[str] = []
    program = _program(row)
    begin, end, until = _dates(row, flags)
    state = _state(row, "worksite_state", flags)
    employer, dba = names.split_trade_name(_required(row, "employer_business_name", "no_employer"))
    return Record(
        case_number=_case_number(row),
        status=_required(row, "case_status", "no_status")[:120],
        program=program,
        as_of=as_of,
        source_id=_text(row, "case_id", 30),
        title=_required(row, "job_title", "no_title")[:200],
        employer=employer[:200] or _text(row, "employer_business_name", 200),
        trade_name=_given(row, "employer_trade_name", 200) or dba[:200],
        employer_city=_text(row, "employer_city", 100),
        employer_state=places.state_code(_text(row, "employer_state", 60)) or "",
        employer_zip=places.repair_zip(_text(row, "employer_zip", 20), None)[0],
        site=_site(row, state, flags),
        begin=begin,
        end=end,
        apply_until=until,
        positions=_count(row, "total_positions", 1, 100_000, flags),
        hours=_hours(row, flags),
        texts=_texts(row, flags),
        overtime=_bool(row, "is_overtime_available"),
        experience_months=_count(row, "emp_exp_num_months", 0, 600, flags),
        pays=_pays(row, program, state, flags),
        flags=flags,
    )


def _case_number(row: Row) -> str:
    value = _text(row, "case_number", 60).upper()
    if not value:
        raise Refused("no_case_number")
    if not _CASE.match(value):
        raise Refused("bad_case_number")
    return value


def _program(row: Row) -> str:
    value = _PROGRAMS.get(_text(row, "visa_class", 20).upper())
    if value is None:
        raise Refused("unknown_visa_class")
    return value


def _required(row: Row, name: str, reason: str) -> str:
    value = _text(row, name, 400)
    if not value:
        raise Refused(reason)
    return value


def _text(row: Row, name: str, size: int) -> str:
    return clean(row.get(name))[:size]


def _given(row: Row, name: str, size: int) -> str:
    """A text, or nothing where the source prints "N/A" and the like."""
    value = _text(row, name, size)
    return "" if value.lower() in _NOTHING else value


def _bool(row: Row, name: str) -> bool | None:
    return {"true": True, "false": False}.get(_text(row, name, 8).lower())


def _count(row: Row, name: str, low: int, high: int, flags: list[str]) -> int | None:
    value = wages.number(row.get(name))
    if value is None:
        return None
    if not low <= value <= high:
        flags.append(f"{name}_impossible")
        return None
    return int(value)


def _hours(row: Row, flags: list[str]) -> float | None:
    value = wages.number(row.get("work_hour_num_basic"))
    if value is None:
        return None
    if not 0 < value <= 120:
        flags.append("hours_zero" if value == 0 else "hours_impossible")
        return None
    return value


def _dates(row: Row, flags: list[str]) -> tuple[date | None, date | None, date | None]:
    begin = _date(row, "begin_date", flags)
    end = _date(row, "end_date", flags)
    if begin and end and not 0 <= (end - begin).days <= _LONGEST_SEASON:
        flags.append("end_date_impossible")
        end = None
    until = _date(row, "active_date", flags)
    if until and begin and abs((until - begin).days) > _LONGEST_SEASON:
        flags.append("active_date_impossible")
        until = None
    return begin, end, until


def _date(row: Row, name: str, flags: list[str]) -> date | None:
    text = _given(row, name, 40)
    if not text or text.startswith("1970-01-01"):
        return None
    found = parse_date(text)
    if found is None:
        flags.append(f"{name}_impossible")
    return found


def parse_date(text: str) -> date | None:
    """2026-01-08T00:00:00Z or 1/8/2026, when such a day exists in a believable year."""
    iso, american = _ISO.match(text), _AMERICAN.match(text)
    if iso:
        year, month, day = (int(part) for part in iso.groups())
    elif american:
        month, day, year = (int(part) for part in american.groups())
    else:
        return None
    try:
        return date(year, month, day) if year in _YEARS else None
    except ValueError:
        return None


def _state(row: Row, name: str, flags: list[str]) -> str | None:
    text = _text(row, name, 60)
    code = places.state_code(text) if text else None
    if code is None:
        flags.append(f"{name}_unknown")
    return code


def _site(row: Row, state: str | None, flags: list[str]) -> Site:
    city = _text(row, "worksite_city", 100)
    printed = _text(row, "worksite_zip", 20)
    zip_code, odd = places.repair_zip(printed, state)
    if odd:
        flags.append("zip_repaired" if zip_code else "zip_unusable")
    lat, lon, position = _position(row, city, zip_code, state)
    if position != "source" and position not in ("zip", "city"):
        flags.append("position_by_state" if position == "state" else "position_unknown")
    more = bool(_bool(row, "worksite_locations"))
    return Site(_text(row, "worksite_address", 300), city, state, zip_code, lat, lon, position, more)


def _position(row: Row, city: str, zip_code: str | None, state: str | None) -> tuple[float | None, float | None, str]:
    """The best position there is: the source's own, the ZIP's (if in the state), the city's, the state's middle."""
    own = _coordinates(row.get("coord"))
    if own:
        return *own, "source"
    by_zip = places.find_zip(zip_code) if zip_code else None
    if by_zip and by_zip.state == state:
        return by_zip.lat, by_zip.lon, "zip"
    by_city = places.find_city(city, state) if state else None
    if by_city:
        return *by_city.point, "city"
    if state:
        return *places.state_point(state), "state"
    return None, None, "none"


def _coordinates(value: object) -> places.Point | None:
    """Latitude and longitude of a GeoJSON point: an object, or its text in JSON or Python spelling."""
    if isinstance(value, str) and value.strip().startswith("{"):
        try:
            value = ast.literal_eval(value.strip())
        except (ValueError, SyntaxError, MemoryError, RecursionError):
            return None
    pair = value.get("coordinates") if isinstance(value, Mapping) else None
    if not isinstance(pair, list | tuple) or len(pair) != 2:
        return None
    lon, lat = (wages.number(part) for part in pair)
    inside = lat is not None and lon is not None and -15 < lat < 72 and (-180 <= lon < -60 or lon > 140)
    return (lat, lon) if inside and lat is not None and lon is not None else None


def _texts(row: Row, flags: list[str]) -> dict[str, str]:
    url = _given(row, "apply_url", 300)
    if url and not _URL.match(url):
        flags.append("apply_url_unusable")
        url = ""
    hours = [_given(row, f"hourly_work_schedule_{half}", 20) for half in ("am", "pm")]
    return {
        "title_es": _given(row, "job_title_es", 200),
        "soc_code": _given(row, "soc_code_id", 10),
        "naics_code": _given(row, "naic_id", 10),
        "crop": _given(row, "crop", 200),
        "duties": _given(row, "job_duties", _TEXT),
        "duties_es": _given(row, "job_duties_es", _TEXT),
        "schedule": " - ".join(part for part in hours if part),
        "requirements": _given(row, "special_req", _TEXT),
        "education": _given(row, "education_level", 60),
        "apply_phone": _given(row, "apply_phone", 40),
        "apply_url": url,
        "wage_note": _given(row, "add_wage_info", _TEXT),
    }


def _pays(row: Row, program: str, state: str | None, flags: list[str]) -> list[Pay]:
    note = _given(row, "add_wage_info", _TEXT)
    offer = wages.rate(row.get("basic_rate_from"), row.get("basic_rate_to"), row.get("pay_range_desc"))
    if offer is None:
        flags.append("wage_missing")
        return []
    if offer.suspicious:
        flags.append("wage_unit_impossible")
    pays = [Pay("offer", offer.amount, offer.to, offer.unit, "basic_rate_from", offer.suspicious, note)]
    stated = wages.stated_h2a(note, offer, state) if program == "H-2A" else None
    if stated is not None:
        pays.append(Pay("h2a", stated, None, "hour", "add_wage_info", False))
    overtime = wages.rate(row.get("overtime_rate_from"), row.get("overtime_rate_to"), "hour")
    if overtime:
        pays.append(Pay("overtime", overtime.amount, overtime.to, "hour", "overtime_rate_from", overtime.suspicious))
    piece = wages.number(row.get("job_piece_rate"))
    if piece and piece > 0:
        pays.append(Pay("piece", piece, None, "piece", "job_piece_rate", False))
    return pays
