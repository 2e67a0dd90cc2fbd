"""The desk: its pages, and the JSON they call. A view parses, calls one service in one transaction, and shows.

What is handed out was written down first: the answer is made after the commit. `console.rules` says who may call.
"""

from uuid import UUID

from flask import Blueprint, Response, jsonify, render_template, request

from channels import hourly
from console.context import console, person
from console.desk import answers, faults, parsing
from console.desk.answers import base64_of
from console.desk.parsing import BadInput, Body
from intake import deadlines, facts, routing
from intake.desk import access, entering, granting, live, membership, opening, writing
from intake.desk import queue as cases
from intake.desk.entering import Entered, Item
from intake.desk.writing import Written
from intake.models import CaseStatus
from translations.catalog import languages

blueprint = Blueprint("desk", __name__)
MOST_EPOCHS = 1000
NOTHING_NEW = ("", 304)


for kind in faults.CODES:
    blueprint.register_error_handler(kind, faults.answer)


@blueprint.get("/queue")
def queue() -> str:
    """The page of the queue."""
    return render_template("desk/page.html")


@blueprint.get("/cases/<uuid:case_id>")
def case(case_id: UUID) -> str:
    """The page of a case, without a word of it."""
    return render_template("desk/page.html")


@blueprint.get("/reports/new")
def new_report() -> str:
    """The page for a report by phone or in person."""
    return render_template("desk/page.html")


@blueprint.get("/key")
def key() -> str:
    """The page of a reader's own key."""
    return render_template("desk/page.html")


@blueprint.get("/api/cases")
def list_cases() -> Response:
    """A page of the queue."""
    me, wanted = person(), _wanted()
    with console().db.begin() as session:
        mark = live.mark(session)
        page, counts = cases.page(session, me.staff_id, wanted), cases.counts(session, me.staff_id)
        changed = live.since_looked(session, me.staff_id, [row.case.id for row in page.rows])
    return jsonify(answers.listed(page, counts, mark, changed))


@blueprint.get("/api/changes")
def changes() -> Response | tuple[str, int]:
    """Has anything changed since `mark`? With `case`: was that case changed, not only looked at?"""
    since, case_id = request.args.get("mark", 0, int), request.args.get("case", None, UUID)
    with console().db.begin() as session:
        mark = live.mark(session)
        same = mark == since or (case_id is not None and not live.changed(session, person().staff_id, case_id, since))
    return NOTHING_NEW if same else jsonify(mark=mark)


@blueprint.post("/api/cases/<uuid:case_id>/parties")
def parties(case_id: UUID) -> Response:
    """The party names alone, for the conflict check."""
    me = person()
    with console().db.begin() as session:
        sealed = opening.parties(session, me.staff_id, case_id)
    return jsonify(answers.sealed(sealed, me.reader))


@blueprint.post("/api/cases/<uuid:case_id>/check")
def check(case_id: UUID) -> Response:
    """What the reader answered to the conflict check."""
    conflict = parsing.flag(parsing.body(), "conflict")
    with console().db.begin() as session:
        opening.check(session, person().staff_id, case_id, conflict)
    return jsonify(checked="conflict" if conflict else "clear")


@blueprint.post("/api/cases/<uuid:case_id>/open")
def open_case(case_id: UUID) -> Response:
    """The whole case, still sealed."""
    me = person()
    with console().db.begin() as session:
        found = opening.open_case(session, me.staff_id, case_id)
    return jsonify(answers.opened(found, me.reader))


@blueprint.post("/api/cases/<uuid:case_id>/advice")
def advice(case_id: UUID) -> Response:
    """Receivers and clocks for the codes that the browser opened; they are forgotten with the request."""
    known = parsing.codes(parsing.body(), "facts")
    for name, value in known.items():
        facts.check(name, value)
    with console().db.begin() as session:
        found = access.cleared(session, person().staff_id, case_id)
    return jsonify(answers.advice(routing.route(known), deadlines.deadlines(known, found.opened)))


@blueprint.post("/api/cases/<uuid:case_id>/notes")
def notes(case_id: UUID) -> Response:
    """An internal note."""
    written = _written(parsing.body())
    with console().db.begin() as session:
        writing.note(session, person().staff_id, case_id, written)
    return jsonify(seq=written.seq)


@blueprint.get("/api/reply-key")
def reply_key() -> Response:
    """A key to seal a reply to."""
    with console().db.begin() as session:
        free = writing.free_reply_key(session)
    return jsonify(id=free.id, public=base64_of(free.public))


@blueprint.post("/api/cases/<uuid:case_id>/replies")
def replies(case_id: UUID) -> Response:
    """A reply that waits for the worker's code."""
    given = parsing.body()
    copy = _written(parsing.an_object(given.get("copy")))
    sealed = writing.Reply(parsing.number(given, "key"), parsing.box(given), parsing.number(given, "segments"))
    with console().db.begin() as session:
        reply_id = writing.reply(session, person().staff_id, case_id, sealed, copy)
    return jsonify(id=reply_id, seq=copy.seq)


@blueprint.post("/api/cases/<uuid:case_id>/replies/<int:reply_id>/take-back")
def take_back(case_id: UUID, reply_id: int) -> Response:
    """A reply that shall not leave after all."""
    with console().db.begin() as session:
        writing.take_back(session, person().staff_id, case_id, reply_id)
    return jsonify(id=reply_id)


@blueprint.post("/api/cases/<uuid:case_id>/status")
def status(case_id: UUID) -> Response:
    """The next step of a case, and the day by which the team promises to write."""
    given = parsing.body()
    wanted, promised = _status(given), parsing.day(given, "promised")
    with console().db.begin() as session:
        writing.set_status(session, person().staff_id, case_id, wanted, promised)
    return jsonify(status=wanted.value)


@blueprint.post("/api/cases/<uuid:case_id>/assign")
def assign(case_id: UUID) -> Response:
    """Who answers for a case; null for nobody."""
    given = parsing.body()
    to = None if given.get("staff") is None else parsing.number(given, "staff")
    with console().db.begin() as session:
        writing.assign(session, person().staff_id, case_id, to)
    return jsonify(staff=to)


@blueprint.post("/api/cases/<uuid:case_id>/grants")
def grants(case_id: UUID) -> Response:
    """Let a colleague read a case."""
    given = parsing.body()
    reader, wraps = parsing.word(given, "reader", 20), parsing.a_list(given, "wraps", MOST_EPOCHS)
    boxes = {parsing.number(wrap, "epoch"): parsing.box(wrap) for wrap in wraps}
    with console().db.begin() as session:
        granting.grant(session, person().staff_id, case_id, reader, boxes)
    return jsonify(reader=reader)


@blueprint.post("/api/cases/<uuid:case_id>/epochs")
def epochs(case_id: UUID) -> Response:
    """A new membership epoch, because somebody lost access."""
    given = parsing.body()
    epoch, public = parsing.number(given, "epoch"), parsing.box(given, "public")
    boxes = parsing.boxes(given, "wraps")
    with console().db.begin() as session:
        membership.begin_epoch(session, person().staff_id, case_id, epoch, public, boxes)
    return jsonify(epoch=epoch)


@blueprint.post("/api/cases/<uuid:case_id>/exports")
def exports(case_id: UUID) -> Response:
    """Written down before the page makes the file."""
    with console().db.begin() as session:
        granting.export(session, person().staff_id, case_id)
    return jsonify(case=str(case_id))


@blueprint.get("/api/regrants")
def regrants() -> Response:
    """Colleagues with a new key, and what this reader can give them again."""
    with console().db.begin() as session:
        found = granting.regrants(session, person().staff_id)
    return jsonify(answers.regrants(found))


@blueprint.get("/api/readers")
def readers() -> Response:
    """Who a report that is entered here is sealed to."""
    with console().db.begin() as session:
        team, people = entering.readers_for(session, request.args.get("team") or routing.DEFAULT_TEAM)
    return jsonify(team=team, readers=answers.readers(people))


@blueprint.get("/api/hour")
def hour() -> Response:
    """The key that a receipt is sealed to until it is hashed."""
    with console().db.begin() as session:
        current = hourly.current(session)
    return jsonify(id=current.id, public=base64_of(current.public))


@blueprint.post("/api/reports")
def reports() -> Response:
    """A report that staff entered."""
    entered = _entered(parsing.body())
    with console().db.begin() as session:
        filed = entering.file(session, person().staff_id, entered)
    return jsonify(id=str(filed.id), alias=filed.alias)


def _wanted() -> cases.Wanted:
    given = request.args
    shown = given.get("status", "open")
    if shown not in cases.STATUSES:
        raise BadInput("status must be open, closed or all")
    return cases.Wanted(
        status=shown,
        mine=given.get("mine") == "1",
        urgency=given.get("urgency", None, int),
        language=given.get("language") or None,
        alias=given.get("q", "")[:12],
        after=given.get("after", ""),
    )


def _written(given: Body) -> Written:
    return Written(parsing.number(given, "seq"), parsing.number(given, "epoch"), parsing.box(given))


def _status(given: Body) -> CaseStatus:
    try:
        return CaseStatus(parsing.word(given, "status"))
    except ValueError:
        raise BadInput("status must be a status of a case") from None


def _entered(given: Body) -> Entered:
    receipt = parsing.an_object(given.get("receipt"))
    language, state = parsing.word(given, "language", 8), given.get("state")
    if language not in languages() or not (state is None or isinstance(state, str)):
        raise BadInput("language must be one of ours, state two letters or null")
    return Entered(
        case_id=parsing.an_id(given, "case_id"),
        public=parsing.box(given, "public"),
        team=parsing.word(given, "team"),
        language=language,
        state=state,
        facts=parsing.codes(given, "facts"),
        wraps=parsing.boxes(given, "wraps"),
        items=[_item(item) for item in parsing.a_list(given, "items", entering.MOST_ITEMS)],
        hour=parsing.word(receipt, "hour", 10),
        receipt=parsing.box(receipt, "body"),
    )


def _item(given: Body) -> Item:
    return Item(parsing.number(given, "seq"), parsing.word(given, "part", 20), parsing.box(given))
