"""Every column of the report tables is known: a new clear one, or one that sounds like a story or a name, must fail."""

import re

from sqlalchemy import Table

from core.database import Base
from intake.models import Case

CLEAR = ["id", "alias", "team", "state", "language", "urgency", "status", "opened", "next_deadline"]

TELLING = re.compile(r"text|body|phone|name|story|message|note|title|label|address|mail|detail|employer|place|value")

SEALED = {
    "draft.facts",
    "draft_wrap.box",
    "draft_text.box",
    "case_wrap.box",
    "case_text.box",
    "case_reply.box",
    "receipt_wish.body",
}
EXCUSED = {
    "team.name": "the name of a team of ours, said in the notice",
    "staff.email": "staff sign in with it; staff are not the ones to protect from us",
    "audit.detail": "codes, counts and fingerprints; audit.append takes strings and numbers we write ourselves",
}


def tables() -> list[Table]:
    return [table for table in Base.metadata.tables.values() if table.schema in ("intake", "keyring")]


def test_the_clear_columns_of_a_case_are_exactly_these() -> None:
    assert [column.name for column in Case.__table__.columns] == CLEAR


def test_a_column_that_sounds_like_a_story_or_a_name_is_sealed_or_excused() -> None:
    columns = {f"{table.name}.{column.name}" for table in tables() for column in table.columns}
    telling = {name for name in columns if TELLING.search(name.split(".")[1])}
    assert telling - SEALED - set(EXCUSED) == set()
    assert (SEALED | set(EXCUSED)) - columns == set()


def test_no_column_of_a_report_is_wide_enough_for_a_story() -> None:
    for table in tables():
        for column in table.columns:
            length = getattr(column.type, "length", None)
            if getattr(column.type, "python_type", None) is str and f"{table.name}.{column.name}" != "staff.email":
                assert length is not None
                assert length <= 60, f"{table.name}.{column.name}"


def test_every_table_of_a_case_but_the_link_is_free_of_conversations() -> None:
    bound = {table.name for table in tables() for column in table.columns if column.name == "conversation_id"}
    assert bound == {"draft", "case_link", "attempt"}
