"""What a file is, its content says; what is broken in it costs a row, not the file."""

import csv
import io
import json
from pathlib import Path

import pytest

from core.errors import AmparoError
from jobs.json_stream import BadJson, array_items
from jobs.sources import NotOrders, recognise
from tests.unit.jobs.conftest import order


def _write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def _csv(*rows: dict[str, object], delimiter: str = ",") -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (json.dumps({"provenance": "x [ { y", "nested": {"a": [1]}, "records": [order(1), order(2)]}), "json"),
        (json.dumps({"@odata.context": "x", "value": [order(1), order(2)]}, indent=2), "json"),
        (json.dumps([order(1), order(2)]), "json"),
        ("\ufeff" + json.dumps([order(1), order(2)], indent=1), "json"),
        (json.dumps(order(1)) + "\n\n" + json.dumps(order(2)) + "\n", "json-lines"),
        (_csv(order(1), order(2)), "csv"),
        ("\ufeff" + _csv(order(1), order(2), delimiter=";"), "csv"),
        (_csv(order(1), order(2), delimiter="\t"), "csv"),
    ],
)
def test_every_shape_of_the_register_is_recognised_by_content(tmp_path: Path, content: str, kind: str) -> None:
    source = recognise(_write(tmp_path / "file.bin", content))
    rows = [row for _, row in source.rows()]
    assert source.kind == kind
    assert [row["case_number"] for row in rows if isinstance(row, dict)] == [
        "H-300-25312-390601",
        "H-300-25312-390602",
    ]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "an empty file"),
        (b"   \n", "an empty file"),
        (b"PK\x03\x04rest", "ZIP archive"),
        (b"%PDF-1.7", "PDF"),
        (b"<!doctype html><p>Error", "a web page"),
        ("a,b\n1,2".encode("utf-16"), "UTF-16"),
        (b"just some words\nand more", "plain text"),
        (b"a,b,c,d\n1,2,3,4", "a table without case_number, case_status"),
        (b"CASE_NUMBER,CASE_STATUS,RECEIVED_DATE,DECISION_DATE\n1,2,3,4", "an OFLC disclosure file"),
        (b'{"value": 3}', "JSON without a list of orders"),
        (b'[{"a": 1}]', "JSON of something else"),
        (b'{"records": [{"a": ', "broken JSON"),
    ],
)
def test_a_file_that_is_something_else_is_refused_by_name(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(NotOrders, match=r"expected SeasonalJobs orders") as refusal:
        recognise(_write(tmp_path / "orders.csv", content))
    assert says in str(refusal.value)


def test_a_missing_file_is_an_expected_failure(tmp_path: Path) -> None:
    with pytest.raises(AmparoError, match="cannot be read"):
        recognise(tmp_path / "nowhere.csv")


def test_columns_that_are_missing_are_named_and_the_rest_is_read(tmp_path: Path) -> None:
    row = {name: value for name, value in order().items() if name not in ("worksite_zip", "add_wage_info")}
    source = recognise(_write(tmp_path / "a.csv", _csv(row)))
    assert source.missing == ["add_wage_info", "worksite_zip"]
    assert len(list(source.rows())) == 1


def test_windows_1252_newlines_tabs_and_nul_inside_fields(tmp_path: Path) -> None:
    text = _csv(order(1, job_title="Camari\u00f1o\r\n\tsecond line", special_req="a\0b"), order(2))
    rows = [row for _, row in recognise(_write(tmp_path / "a.csv", text.encode("cp1252"))).rows()]
    assert isinstance(rows[0], dict)
    assert rows[0]["job_title"] == "Camari\u00f1o\r\n\tsecond line"
    assert len(rows) == 2


def test_a_ragged_row_costs_only_itself(tmp_path: Path) -> None:
    lines = _csv(order(1), order(2)).splitlines()
    content = "\n".join([lines[0], lines[1] + ",extra", "short,row", lines[2], ""])
    rows = [row for _, row in recognise(_write(tmp_path / "a.csv", content)).rows()]
    assert rows[:2] == ["wrong_number_of_columns", "wrong_number_of_columns"]
    assert isinstance(rows[2], dict)


def test_a_field_without_end_is_one_unreadable_row(tmp_path: Path) -> None:
    content = _csv(order(1)) + '"' + "x" * 200_000 + "\n" + _csv(order(2)).splitlines()[1] + "\n"
    rows = [row for _, row in recognise(_write(tmp_path / "a.csv", content)).rows()]
    assert "unreadable_row" in rows
    assert isinstance(rows[-1], dict)


def test_broken_lines_of_json_lines_cost_only_themselves(tmp_path: Path) -> None:
    content = "\n".join([json.dumps(order(1)), "{broken", "[1]", json.dumps(order(2))])
    rows = [row for _, row in recognise(_write(tmp_path / "a", content)).rows()]
    assert [row if isinstance(row, str) else "row" for row in rows] == ["row", "unreadable_row", "not_an_object", "row"]


def test_a_json_file_that_breaks_off_keeps_what_came_before(tmp_path: Path) -> None:
    whole = json.dumps({"value": [order(1), order(2)]})
    rows = [row for _, row in recognise(_write(tmp_path / "a", whole[:-40])).rows()]
    assert [row if isinstance(row, str) else "row" for row in rows] == ["row", "file_breaks_off"]


def test_json_is_read_in_pieces_whatever_they_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobs.json_stream._CHUNK", 3)
    value = {"a": {"value": [9]}, "n": 12345, "value": [{"t": "\u00f1\U0001f600"}, 12345, "x", None, -1.5e3, []]}
    raw = io.BytesIO(json.dumps(value, ensure_ascii=False).encode())
    assert list(array_items(raw, ("value",))) == value["value"]


@pytest.mark.parametrize("content", [b"[1 2]", b"[1,", b"[", b'{"value": [1}', b"\xff\xfe\x00", b'{"a" 1}'])
def test_broken_json_is_said(content: bytes) -> None:
    with pytest.raises(BadJson):
        list(array_items(io.BytesIO(content), ("value",)))
