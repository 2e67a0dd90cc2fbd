"""Keys and cases in a real browser: `python -m benchmarks.browser [TIMES]`. Needs a Chromium; prints milliseconds.

The page runs the shipped bundle under the console's policy; nothing is fetched while a clock runs.
"""

import json
import sys
from uuid import UUID

from benchmarks.figures import percentiles
from core.clock import now
from core.envelope import new_pair, seal
from intake.sealing import Place, Seat, Told, seal_item
from tests.browser.boxes import answer, b64, item
from tests.browser.chromium import Vault, launched, program, served

CASE = UUID("0192f3a4-5b6c-7d8e-9fa0-b1c2d3e4f506")
MESSAGE = "They keep our passports in the office and take 300 dollars for the room. " * 4
TIMES = 30
_TIMED = """
    const times = [];
    for (let round = 0; round < rounds; round += 1) {
      const began = performance.now();
      %s
      times.push((performance.now() - began) / 1000);
    }
    return times;
"""
_UNLOCK = 'const { file } = await vault.makeKeyFile("six words that nobody knows");' + _TIMED % (
    'await vault.openKeyFile(file, "six words that nobody knows");'
)
_KEY = "const key = await vault.envelope.importKey(vault.bytes.fromBase64(private));"
_OPEN = _KEY + _TIMED % (
    "const keys = await vault.openCase(answer, key);"
    "for (const item of items) { await vault.openItem(answer.case, item, keys); }"
)
_REPLY = _TIMED % (
    "await vault.sealReply({ id: 1, public: known }, text);"
    'await vault.sealItem(id, { epoch: 1, seq: 9, direction: "out", part: "reply" }, text, known);'
)


def main(times: int) -> None:
    """Launch, measure, print."""
    executable = program()
    if executable is None:
        raise SystemExit("no Chromium: `make chromium` installs one, or set AMPARO_CHROMIUM to its path")
    with served() as address, launched(executable) as browser:
        page = browser.new_page()
        page.goto(address)
        vault = Vault(page)
        print(json.dumps({"chromium": browser.version, "times": times}))
        _show("unlock a key file, Argon2id 64 MiB", vault.run(_UNLOCK, rounds=times))
        for count in (10, 100):
            _show(f"open a case with {count} texts", vault.run(_OPEN, rounds=times, **_case(count)))
        words = {"known": b64(new_pair().public), "id": str(CASE), "text": MESSAGE}
        _show("seal a reply and its copy", vault.run(_REPLY, rounds=times, **words))


def _case(count: int) -> dict[str, object]:
    reader, case, seat = new_pair(), new_pair(), Seat(CASE, 1, "staff:3")
    places = [Place(CASE, 1, seq, "in", "story") for seq in range(count)]
    items = [item(place, seal_item(Told(now(), MESSAGE), case.public, place)) for place in places]
    wrap = answer(seat, seal(case.private, reader.public, seat.info), case.public)
    return {"private": b64(reader.private), "answer": wrap, "items": items}


def _show(name: str, seconds: list[float]) -> None:
    print(json.dumps({name: percentiles(seconds)}))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else TIMES)
