"""People, for administrators: who they are, what they may do, and whether each team has enough readers.

An administrator makes links and ends access. The key and the cases of a person are never in reach: a wrap for an
administrator is refused by the database itself (`amparo.guards`).
"""

from flask import Blueprint, render_template, request
from sqlalchemy import select

from console import accounts, links
from console.context import console, person
from console.errors import Refused, not_found
from console.models import Account
from console.sessions import revoke
from intake import staff
from intake.models import Role, Staff, Team
from intake.routing import DEFAULT_TEAM
from intake.staff import StaffFault

blueprint = Blueprint("people", __name__)


@blueprint.get("/people")
def show() -> str:
    """Everybody, and an alarm for each team with fewer than two readers."""
    return _page()


@blueprint.post("/people")
def add() -> str:
    """Add somebody and show their set-up link, once."""
    email, team = request.form.get("email", ""), request.form.get("team", "").strip() or DEFAULT_TEAM
    try:
        role = Role(request.form.get("role", ""))
        if len(team) > 40:
            raise StaffFault("the name of a team has at most 40 characters")
        with console().db.begin() as session:
            row = staff.add(session, email, role, team, None, actor=person().reader)
            link = links.make(session, row, console().settings.console_url, person().reader)
    except (StaffFault, ValueError) as fault:
        return _page(fault=str(fault) if isinstance(fault, StaffFault) else "this is not a role")
    return _page(link=link, whose=row.email)


@blueprint.post("/people/<int:staff_id>/disable")
def disable(staff_id: int) -> str:
    """End somebody's access now: sessions, sign-in and new wraps."""
    if staff_id == person().staff_id:
        return _page(fault="you cannot end your own access: ask another administrator")
    with console().db.begin() as session:
        row = _of(session.get(Staff, staff_id))
        staff.disable(session, row.email, actor=person().reader)
        revoke(session, row.id)
    return _page()


@blueprint.post("/people/<int:staff_id>/reset")
def reset(staff_id: int) -> str:
    """A link to begin anew. Password and second factor end at once; with `key`, the key and its wraps do too."""
    me, key = person().reader, request.form.get("key") == "1"
    with console().db.begin() as session:
        row = _of(session.get(Staff, staff_id))
        if row.disabled_at is not None:
            raise Refused(409, "disabled", "This person's access has ended. Add them again with another address.")
        link = links.make(session, row, console().settings.console_url, me, links.RESET, new_key=key)
        accounts.reset(session, row, me, key=key)
    return _page(link=link, whose=row.email)


def _page(link: str = "", whose: str = "", fault: str = "") -> str:
    query = select(Staff, Team.name, Account.last_sign_in).join(Team, Team.id == Staff.team_id)
    query = query.outerjoin(Account, Account.staff_id == Staff.id).order_by(Staff.disabled_at.is_not(None), Staff.email)
    with console().db.begin() as session:
        rows = session.execute(query).all()
        few = [(team, count) for team, count in accounts.readers_by_team(session) if count < accounts.ENOUGH]
    return render_template(
        "people.html", rows=rows, few=few, roles=list(Role), team=DEFAULT_TEAM, link=link, whose=whose, fault=fault
    )


def _of(row: Staff | None) -> Staff:
    if row is None:
        raise not_found()
    return row
