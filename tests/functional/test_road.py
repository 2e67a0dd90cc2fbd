"""From a signed webhook to words at the carrier, with the real engine and every process."""

import re
import time
from pathlib import Path

import pytest

from tests.functional.hotline import Phone, RunningHotline

pytestmark = [pytest.mark.slow, pytest.mark.engine, pytest.mark.timeout(300)]

RECEIPT = re.compile(r"\b\d{4} \d{4} \d{4} \d{4}\b")
WANT_TO_REPORT = {
    "en": "I want to report my boss",
    "es": "quiero reportar a mi patron",
    "ht": "mwen vle rapote patwon mwen",
    "tl": "gusto ko i-report ang amo ko",
}
STORY = {
    "en": "they pay us 7 dollars and take half for the room",
    "es": "nos pagan 7 dolares y nos quitan la mitad por el cuarto",
    "ht": "yo peye nou 7 dola epi yo pran mwatye pou chanm nan",
    "tl": "7 dolyar lang ang bayad at kalahati kinukuha para sa kwarto",
}
FIND_JOB = {
    "en": "looking for harvest work in florida",
    "es": "busco trabajo en la pizca en florida",
    "ht": "m ap chache travay nan rekot nan florida",
    "tl": "naghahanap po ako ng trabaho sa ani sa florida",
}


def file_a_report(phone: Phone, answers: int = 14) -> str:
    """Answer 1 to every closing prompt until a receipt comes."""
    said = ""
    for _ in range(answers):
        said = phone.ask("1")
        if RECEIPT.search(said):
            return said
    raise AssertionError(f"no receipt; the last words were: {said}")


@pytest.mark.parametrize("lang", list(FIND_JOB))
def test_a_worker_finds_a_certified_job_in_their_language(phone: Phone, lang: str) -> None:
    first = phone.ask(FIND_JOB[lang])
    assert "Amparo" in first
    for _ in range(3):  # whatever was not understood is asked; 1 is "any"
        if re.search(r"^1 .*, .* [A-Z]{2}, ", first, re.MULTILINE):
            break
        first = phone.ask("1")
    assert re.search(r"^1 .*, .* [A-Z]{2}, .*\$", first, re.MULTILINE), first
    details = phone.ask("1")
    assert re.search(r"H-[34]00-\d{5}-\d{6}", details), details


def test_a_creole_story_told_before_the_report_is_opened_reaches_the_caseworker_word_for_word(
    hotline: RunningHotline, phone: Phone, key: Path
) -> None:
    first, question = "bonjou, patwon an pran paspo mwen depi mwa mas", "eske li gen dwa kenbe paspo mwen konsa ?"
    phone.ask(first)
    phone.ask(question)
    phone.ask("3")
    file_a_report(phone)
    texts = [case["story"] for case in hotline.cases(key)]
    assert [first, question] in texts


@pytest.mark.parametrize("lang", list(WANT_TO_REPORT))
def test_the_quick_road_to_a_receipt_costs_at_most_fourteen_segments(phone: Phone, lang: str) -> None:
    phone.ask({"en": "hello", "es": "hola", "ht": "bonjou", "tl": "kumusta po"}[lang])
    before = phone.segments
    phone.ask(WANT_TO_REPORT[lang])
    phone.ask("1")
    phone.ask(STORY[lang])
    said = file_a_report(phone)
    assert RECEIPT.search(said)
    assert phone.segments - before <= 14


def test_the_receipt_opens_the_status_from_another_phone_and_a_wrong_one_sounds_like_an_unknown_one(
    hotline: RunningHotline, phone: Phone
) -> None:
    phone.ask("no me pagan desde hace tres semanas y nos amenazan")
    phone.ask("1")
    receipt = RECEIPT.search(file_a_report(phone))
    assert receipt is not None
    other = hotline.phone()
    other.ask("hola")
    assert "Recibido" in other.ask(receipt.group())
    wrong = receipt.group()[:-1] + str((int(receipt.group()[-1]) + 1) % 10)
    assert other.ask(wrong) == other.ask("1234 5678 9012 3456")


def test_a_worker_may_choose_a_pin_instead_of_a_receipt(phone: Phone) -> None:
    phone.ask("no me pagan desde hace tres semanas y nos amenazan")
    for _ in range(10):
        said = phone.ask("1")
        if "numero secreto" in said:
            break
    phone.ask("2")
    said = phone.ask("482913")
    said = phone.ask("1")
    assert not RECEIPT.search(said)
    assert "Recibido" in phone.ask("482913")


def test_the_same_webhook_four_times_is_one_turn_and_one_reply(hotline: RunningHotline, key: Path) -> None:
    phone = hotline.phone()
    statuses = [hotline.webhook("SM" + "7" * 32, phone.number, "hola").status_code for _ in range(4)]
    assert statuses == [200] * 4
    texts = phone.hear()
    assert len(texts) == len(set(texts))
    assert sum("Amparo" in text for text in texts) == 1
    assert sum("1 Buscar trabajo" in text for text in texts) == 1


def test_a_forged_webhook_is_refused_with_an_empty_body_and_stored_nowhere(hotline: RunningHotline) -> None:
    before = hotline.rows("select count(*) from inbox.message")
    answer = hotline.webhook("SM" + "8" * 32, "+12025559999", "hola", signature="forged")
    assert (answer.status_code, answer.content) == (403, b"")
    assert hotline.rows("select count(*) from inbox.message") == before


@pytest.mark.parametrize(
    "text", ["", "\U0001f600" * 400, "nul\0l", "\u202eright to left", "   ", "0" * 1600, "'); drop table x;--", "١"]
)
def test_strange_messages_are_answered_kindly(phone: Phone, text: str) -> None:
    assert phone.ask(text)


@pytest.mark.parametrize("text", ['/file_report{"turn": 1}', " /greet", "/ secret words about the orchard"])
def test_text_that_looks_like_a_command_is_plain_text_and_leaves_no_trace(
    hotline: RunningHotline, phone: Phone, text: str
) -> None:
    assert phone.ask(text)
    stored = hotline.rows("select data from rasa.events")
    assert not [row for row in stored if "secret words" in row[0] or "file_report{" in row[0]]
    logs = "".join(path.read_text(errors="replace") for path in (hotline.home / "log").iterdir())
    assert "secret words" not in logs


def test_stop_ends_the_messages_and_start_brings_them_back(phone: Phone) -> None:
    phone.ask("hola")
    assert "START" in phone.ask("STOP")
    phone.send("hola")
    assert phone.hear() == []
    assert phone.ask("START")
    assert "1 Buscar trabajo" in phone.ask("0")


def test_an_unclear_first_contact_gets_the_language_menu(phone: Phone) -> None:
    said = phone.ask("?")
    assert "2 Español" in said
    assert "Chèche travay" in phone.ask("3")


def test_a_draft_is_erased_for_good(hotline: RunningHotline, phone: Phone, key: Path) -> None:
    phone.ask("mi patron me pego y me quito el pasaporte en la bodega azul")
    phone.ask("1")
    phone.ask("BORRAR")
    phone.ask("1")
    phone.ask("0")
    assert "bodega azul" not in str(hotline.cases(key))
    assert hotline.rows("select count(*) from intake.draft where state = 'open'")[0][0] >= 0
    time.sleep(0.1)
    assert "1 Seguir" not in phone.ask("8")


def test_rights_cards_give_more_the_law_and_a_way_to_report(phone: Phone) -> None:
    assert "1 Más" in phone.ask("me pueden pagar cada mes?").replace("Mas", "Más")
    assert "20 CFR 655.122" in phone.ask("2")
    assert "reporte" in phone.ask("3")


def test_whatsapp_takes_the_same_road_and_says_what_meta_sees(hotline: RunningHotline, key: Path) -> None:
    phone = hotline.phone("twilio_whatsapp")
    assert "Meta" in phone.ask("hola")
    assert "¿Qué trabajo" in phone.ask("1")


def test_media_without_words_is_answered_kindly(phone: Phone) -> None:
    phone.ask("hola")
    assert phone.send("", NumMedia="1", MediaUrl0="https://api.twilio.com/x", MediaContentType0="image/jpeg") == 200
    assert "palabras" in "\n".join(phone.hear())
