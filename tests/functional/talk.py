"""Conversations in which every text of a worker holds a made-up word that stands nowhere else: found, it has leaked.

Each function is one worker. What a worker says is what workers say; only the made-up words are strange.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpx
import psutil
import psycopg
from twilio.request_validator import RequestValidator

from channels import replies
from core.database import conninfo
from core.envelope import pad, seal
from tests.functional.hotline import SMS, TOKEN, WHATSAPP, Phone, RunningHotline

RECEIPT = re.compile(r"\b\d{4} \d{4} \d{4} \d{4}\b")
WRONG_RECEIPT = "7043 1188 2905 6631"
PIN = "482913"
LATITUDE, LONGITUDE = "30.26741937", "-97.74301182"
PROVIDER_ID = "SM5e1fa7ed0ddba11c0ffee0badcab1e00"

WORDS = {
    "search words": "chirimoyalba",
    "search words typed at the prompt": "guanabarrota",
    "place of work searched for": "Villazampoya",
    "employer looked up": "Quetzalmorado",
    "employer asked about in a sentence": "Tucandorado",
    "command with arguments": "zorzalpardo",
    "command with white space": "petirrojazul",
    "command without a name": "cernicalogris",
    "first cry": "zarapitoverde",
    "question before the report": "abubillanegra",
    "story": "alcaravanrojo",
    "story with accents": "Ñandúfería",
    "employer in the report": "Vencejodorado",
    "place in the report": "Martinetazul",
    "words added to the case": "ruisenorpinto",
    "reply of a caseworker": "verderonpardo",
    "words at the prompt for a PIN": "lavanderagris",
    "story of the one with a PIN": "oropendolina",
    "crisis": "gorrionverdin",
    "unfinished draft": "mirlodeagua",
    "profile name": "Quirina Zampoyal",
    "city of the phone": "CERNICALVILLE",
    "address of the place that was shared": "Calle Avefriazul",
    "name of the place that was shared": "Campamento Collalbar",
    "text on WhatsApp": "cigoninolargo",
    "forged text": "tarabillaroja",
    "text to a number that is not ours": "somormujal",
    "text that is no form": "zampullinero",
    "text while the carrier fails": "agachadizal",
    "text while an action fails": "estorninopio",
    "text while the actions are away": "chorlitejonte",
    "latitude": LATITUDE,
    "longitude": LONGITUDE,
    "carrier's message id": PROVIDER_ID,
    "wrong receipt": WRONG_RECEIPT,
}


@dataclass
class Talk:
    """What was said to a hotline. `secrets` grows with the phones and receipts that occur."""

    hotline: RunningHotline
    secrets: dict[str, str] = field(default_factory=lambda: dict(WORDS))
    said: dict[str, str] = field(default_factory=dict)
    _phones: int = 0

    def phone(self, channel: str = "twilio_sms") -> Phone:
        """A telephone nobody used yet; its number is a secret however it is written."""
        self._phones += 1
        digits = f"956555{100 + self._phones:04d}"
        groups = (digits[:3], digits[3:6], digits[6:])
        written = {"digits": digits, "dashes": "-".join(groups), "brackets": "({}) {}-{}".format(*groups)}
        self.secrets |= {f"phone {self._phones} with {form}": number for form, number in written.items()}
        return Phone(self.hotline, f"+1{digits}", channel)

    def tell(self, phone: Phone, *texts: str) -> str:
        """Send one text after the other; the last answer."""
        answers = [phone.ask(text) for text in texts]
        return answers[-1]

    def post(self, phone: Phone, text: str, *, to: str = SMS, **fields: str) -> httpx.Response:
        """A webhook with everything a carrier adds about a person, signed like the carrier's."""
        scheme, path = ("whatsapp:", "/twilio/whatsapp") if phone.channel == "twilio_whatsapp" else ("", "/twilio/sms")
        form = {
            "AccountSid": self.hotline.settings.account_sid,
            "From": scheme + phone.number,
            "To": scheme + to,
            "Body": text,
            "NumMedia": "0",
            **fields,
        }
        url = self.hotline.url + path
        signed = {"X-Twilio-Signature": RequestValidator(TOKEN).compute_signature(url, form)}
        signed["Content-Type"] = "application/x-www-form-urlencoded"
        return httpx.post(url, content=urlencode(form), headers=signed, trust_env=False, timeout=20)


def everybody(talk: Talk) -> None:
    """Every conversation, until nothing is left to answer."""
    for conversation in CONVERSATIONS:
        conversation(talk)
    talk.hotline.settle()


def looks_for_work(talk: Talk) -> None:
    """In Spanish, with words the register does not know, once in a sentence and once at the prompts."""
    phone = talk.phone()
    talk.said["jobs"] = talk.tell(phone, "busco trabajo en la pizca de chirimoyalba en florida")
    talk.said["job"] = talk.tell(phone, "1")
    talk.tell(phone, "1", "0", "1", "guanabarrota en hotel", "cerca de Villazampoya en texas")


def asks_about_employers(talk: Talk) -> None:
    """By the menu, and in a sentence."""
    phone = talk.phone()
    talk.said["employer"] = talk.tell(phone, "hola", "4", "Rancho Quetzalmorado")
    talk.tell(phone, "0", "es real la empresa Rancho Tucandorado?")


def types_commands(talk: Talk) -> None:
    """Texts that Rasa would obey, or print, if it got them."""
    phone = talk.phone()
    talk.tell(phone, "hola", '/file_report{"turn": 1, "x": "zorzalpardo"}', " /greet petirrojazul")
    talk.said["command"] = talk.tell(phone, "/ cernicalogris secret words about the orchard")


def reports_in_creole(talk: Talk) -> None:
    """The first cry, a question, then a report with everything in it; its status from another phone; more words."""
    phone = talk.phone()
    talk.tell(phone, "bonjou, patwon an zarapitoverde pran paspo mwen depi mwa mas")
    talk.tell(phone, "eske li gen dwa kenbe abubillanegra paspo mwen konsa ?", "3", "1")
    talk.tell(phone, "li di m alcaravanrojo li pral rele lapolis Ñandúfería", "1", "Fèm Vencejodorado")
    talk.tell(phone, "nan kan Martinetazul dèyè legliz la", *"1111")
    talk.said["filed"] = _seen_on_its_way(phone, "1")
    receipt = RECEIPT.search(talk.said["filed"])
    assert receipt is not None, talk.said["filed"]
    talk.secrets["receipt"] = receipt.group().replace(" ", "")
    other = talk.phone()
    talk.tell(other, "hola", WRONG_RECEIPT)
    _caseworker_writes(talk.hotline, "Nou ka ede w, verderonpardo: rele nou demen.")
    talk.said["status"] = _seen_on_its_way(other, receipt.group())
    talk.tell(other, receipt.group().replace(" ", ""))
    talk.said["added"] = talk.tell(phone, "mwen vle ajoute nan rapò mwen ruisenorpinto yo te tounen yè")


def _seen_on_its_way(phone: Phone, text: str) -> str:
    """The answer, after the sender was asleep long enough for whoever watches the tables to see it leave."""
    sender = psutil.Process(phone.hotline.pid("sender"))
    sender.suspend()
    try:
        phone.send(text)
        _wait_until(phone.hotline, "select count(*) > 1 from inbox.outbox where state = 'ready'")
        time.sleep(0.3)
    finally:
        sender.resume()
    return "\n".join(phone.hear())


def _caseworker_writes(hotline: RunningHotline, words: str) -> None:
    """What the console stores: a text that a browser sealed to a key of the pool."""
    _wait_until(hotline, "select exists (select 1 from inbox.reply_key where taken_at is null)")
    with psycopg.connect(conninfo(hotline.settings, "owner")) as owner:
        take = "update inbox.reply_key set taken_at = now() where id = (select max(id) from inbox.reply_key)"
        key, public = owner.execute(take + " returning id, public").fetchone() or (0, b"")
        box = seal(pad(words.encode()), public, replies.info(key))
        add = "insert into intake.case_reply (case_id, reply_key_id, box, segments, state, created_at)"
        owner.execute(add + " select id, %s, %s, 1, 'waiting', now() from intake.\"case\"", (key, box))


def _wait_until(hotline: RunningHotline, query: str) -> None:
    end = time.monotonic() + 20
    while hotline.rows(query) != [(True,)]:
        assert time.monotonic() < end, query
        time.sleep(0.05)


def reports_with_a_pin(talk: Talk) -> None:
    """Words where the PIN is asked for, then the PIN, then the status with it."""
    phone = talk.phone()
    talk.tell(phone, "no me pagan desde hace tres semanas y oropendolina nos amenaza", *"11111111")
    talk.tell(phone, "2", "mi numero es lavanderagris", PIN)
    talk.said["filed with a PIN"] = talk.tell(phone, "1")
    talk.said["status by PIN"] = talk.tell(phone, PIN)


def is_locked_in(talk: Talk) -> None:
    """The crisis gate answers."""
    talk.said["crisis"] = talk.tell(
        talk.phone(), "nos tienen encerrados en la bodega gorrionverdin y tiene una pistola"
    )


def leaves_a_draft_open(talk: Talk) -> None:
    """A story that is never filed."""
    talk.tell(talk.phone(), "mi patron me quito el pasaporte mirlodeagua en la bodega", "1", "1")


def writes_on_whatsapp(talk: Talk) -> None:
    """With a profile name, a WhatsApp id and a place that is shared."""
    phone = talk.phone("twilio_whatsapp")
    talk.said["whatsapp"] = talk.tell(phone, "hola")
    about = {"ProfileName": "Quirina Zampoyal", "WaId": phone.number[1:], "MessageSid": PROVIDER_ID}
    place = {
        "Latitude": LATITUDE,
        "Longitude": LONGITUDE,
        "Address": "Calle Avefriazul",
        "Label": "Campamento Collalbar",
    }
    answer = talk.post(phone, "busco trabajo de cigoninolargo", to=WHATSAPP, **about, **place)
    assert answer.status_code == 200
    talk.hotline.settle()


def meets_closed_doors(talk: Talk) -> None:
    """What is refused: a forged text, one to a number that is not ours, one that is no form."""
    phone, city = talk.phone(), {"FromCity": "CERNICALVILLE"}
    hotline = talk.hotline
    refused = [
        hotline.webhook("SM" + "4" * 32, phone.number, "tarabillaroja", signature="forged"),
        talk.post(phone, "somormujal", to="+15005550001", MessageSid="SM" + "5" * 32, **city),
        httpx.post(f"{hotline.url}/twilio/sms", content=json.dumps({"Body": "zampullinero"}), trust_env=False),
        httpx.get(f"{hotline.url}/twilio/sms", params={"Body": "zampullinero"}, trust_env=False),
    ]
    assert all(answer.status_code >= 400 for answer in refused), refused


def meets_failures(talk: Talk) -> None:
    """The carrier answers with an error, an action fails in the middle, the action server dies before a message."""
    phone, hotline = talk.phone(), talk.hotline
    assert talk.post(phone, "hola agachadizal", MessageSid="SM" + "6" * 32, FromCity="CERNICALVILLE").is_success
    hotline.settle()
    fault = {"method": "send", "status": 500, "code": 20500, "to": phone.number}
    hotline.carrier.post("/control/fault", json=fault)
    talk.tell(phone, "quiero saber de agachadizal mis derechos")
    with _register_closed(hotline):
        phone.send("busco trabajo de estorninopio en la pizca en florida")
        _wait_for_a_failed_turn(hotline)
    talk.said["after a failure"] = "\n".join(phone.hear())
    hotline.kill("actions")
    talk.said["away"] = talk.tell(phone, "busco trabajo de chorlitejonte en georgia")


@contextmanager
def _register_closed(hotline: RunningHotline) -> Iterator[None]:
    """The database refuses what an action asks while it holds the words of a worker."""
    with psycopg.connect(conninfo(hotline.settings, "owner"), autocommit=True) as owner:
        owner.execute("revoke select on all tables in schema jobs from amparo_actions")
        try:
            yield
        finally:
            owner.execute("grant select on all tables in schema jobs to amparo_actions")


def _wait_for_a_failed_turn(hotline: RunningHotline) -> None:
    end = time.monotonic() + 20
    while '"turn_failed"' not in (hotline.home / "log" / "worker.log").read_text():
        assert time.monotonic() < end, "no turn failed"
        time.sleep(0.05)


CONVERSATIONS = (
    looks_for_work,
    asks_about_employers,
    types_commands,
    reports_in_creole,
    reports_with_a_pin,
    is_locked_in,
    leaves_a_draft_open,
    writes_on_whatsapp,
    meets_closed_doors,
    meets_failures,
)
