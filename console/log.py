"""The audit chain, for auditors and administrators: read it, check it, take its signed end away."""

from flask import Blueprint, Response, render_template, request
from sqlalchemy import select

from console.context import console, person
from intake import audit
from intake.models import Audit

blueprint = Blueprint("log", __name__)
PAGE = 100


@blueprint.get("/log")
def show() -> str:
    """A page of the chain, newest first."""
    return _page(None)


@blueprint.post("/log/verify")
def verify() -> str:
    """Walk the whole chain and say whether it holds."""
    with console().db.begin() as session:
        result = audit.verify(session)
    return _page(result)


@blueprint.post("/log/head")
def head() -> Response:
    """The signed end of the chain as a file, to be kept on another machine."""
    here = console()
    with here.db.begin() as session:
        audit.append(session, person().reader, "audit.head", "audit")
        end = audit.export_head(session, here.keys)
    name, text = f"amparo-audit-head-{end.n}.json", audit.write_head(end)
    return Response(
        text, mimetype="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _page(result: audit.VerifyResult | None) -> str:
    before = request.args.get("before", type=int)
    query = select(Audit).order_by(Audit.n.desc()).limit(PAGE + 1)
    with console().db.begin() as session:
        rows = list(session.scalars(query.where(Audit.n < before) if before else query))
    older = rows[PAGE - 1].n if len(rows) > PAGE else None
    return render_template("log.html", rows=rows[:PAGE], older=older, result=result)
