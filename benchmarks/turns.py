"""Full turn, webhook to outbox row: one message at a time on an idle machine, digits, searches and an interview."""

from collections.abc import Callable

from benchmarks.figures import percentiles
from tests.functional.hotline import Phone, RunningHotline

ROUNDS = 40
LATENCY = """select extract(epoch from o.created_at - o.answers)::float from inbox.outbox o
    where o.source = 'turn' and o.ordinal = 0 and o.id > {after} order by o.id"""


def run(hotline: RunningHotline) -> dict[str, object]:
    """The database knows when a message came and when its answer was written."""
    return {
        "digits": measure(hotline, lambda phone: phone.ask("0")),
        "job_searches": measure(hotline, lambda phone: phone.ask("busco trabajo en la pizca en florida")),
        "rights_questions": measure(hotline, lambda phone: phone.ask("me pueden quitar el pasaporte?")),
        "interview": measure(hotline, interview, rounds=4),
        "crisis_replies": measure(
            hotline, lambda phone: phone.ask("nos tienen encerrados y tiene pistola"), source="gate"
        ),
    }


def interview(phone: Phone) -> None:
    """A whole report on the quick road."""
    phone.ask("quiero reportar que no me pagan mis horas")
    for _ in range(12):
        phone.ask("1")


def measure(
    hotline: RunningHotline, step: Callable[[Phone], object], rounds: int = ROUNDS, source: str = "turn"
) -> dict[str, float]:
    """Let one phone take the same step again and again."""
    phone = hotline.phone()
    phone.ask("hola")
    after = int(hotline.rows("select coalesce(max(id), 0) from inbox.outbox")[0][0])
    for _ in range(rounds):
        step(phone)
    rows = hotline.rows(LATENCY.format(after=after).replace("'turn'", f"'{source}'"))
    return {"count": len(rows), **percentiles([row[0] for row in rows])}
