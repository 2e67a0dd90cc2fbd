"""One job order in full."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from jobs import show, wages
from jobs.models import Certification, Employer, JobOrder, Wage, Worksite
from jobs.statuses import kind
from jobs.text import gsm

PAGE = "seasonaljobs.dol.gov"


@dataclass(frozen=True)
class JobDetails:
    """One order, GSM-safe; empty text for what is not known."""

    order_id: int
    case_number: str
    title: str
    employer: str
    place: str  # "Colquitt GA"
    begin: date | None
    end: date | None
    dates: str  # "Jan 8 - Nov 7 2026"
    positions: int | None
    pay_printed: str  # the offer as the source prints it, "$13.40/h"
    pay_h2a: str  # the rate for H-2A workers that the order's own text states, "$12.27/h"
    pay_unclear: bool  # the text speaks of another rate for H-2A workers, but not clearly
    pay_suspicious: bool  # amount and unit do not fit: "as printed, ask"
    hours: str  # hours a week, "40"
    housing: str  # "free" for H-2A (20 CFR 655.122(d)), else "unknown"
    visa: str
    status: str  # "certified", "returned", "pending" or "other"
    apply_phone: str
    apply_url: str
    apply_until: date | None
    page: str  # where the case number can be looked up
    offered: bool  # certified and not over today
    as_of: date


def details(session: Session, order_id: int, today: date) -> JobDetails | None:
    """The order, or None when the register does not hold it."""
    row = session.execute(
        select(JobOrder, Certification, Employer, Worksite)
        .join(Certification, Certification.id == JobOrder.certification_id)
        .join(Employer, Employer.id == Certification.employer_id)
        .outerjoin(Worksite, Worksite.job_order_id == JobOrder.id)
        .where(JobOrder.id == order_id)
        .limit(1)
    ).first()
    if row is None:
        return None
    order, certification, employer, site = row
    rates = {wage.basis: wage for wage in session.scalars(select(Wage).filter_by(job_order_id=order_id))}
    offer = rates.get("offer")
    return JobDetails(
        order_id=order.id,
        case_number=certification.case_number,
        title=show.capitals(gsm(order.title)),
        employer=gsm(employer.name),
        place=show.place(site.city, site.state) if site else "",
        begin=order.begin,
        end=order.end,
        dates=show.days(order.begin, order.end),
        positions=order.positions,
        pay_printed=_pay(offer),
        pay_h2a=_pay(rates.get("h2a")),
        pay_unclear=certification.program == "H-2A" and "h2a" not in rates and _speaks_of_h2a(offer),
        pay_suspicious=offer is not None and offer.suspicious,
        hours=f"{order.hours:g}" if order.hours else "",
        housing="free" if certification.program == "H-2A" else "unknown",
        visa=certification.program,
        status=kind(certification.status),
        apply_phone=gsm(order.apply_phone),
        apply_url=gsm(order.apply_url),
        apply_until=order.apply_until,
        page=PAGE,
        offered=certification.certified and order.end is not None and order.end > today,
        as_of=certification.as_of,
    )


def _pay(wage: Wage | None) -> str:
    return wages.short(wage.amount, wage.unit, wage.amount_to) if wage else ""


def _speaks_of_h2a(offer: Wage | None) -> bool:
    return offer is not None and wages.names_h2a(offer.note)
