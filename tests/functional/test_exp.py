import time

from tests.functional.test_without_rules import *


def test_exp(shaken, shaken_key, without_rules, capsys):
    seeker, reporter = shaken.phone(), shaken.phone()
    walk(seeker, ENGLISH + JOB)
    walk(reporter, ENGLISH)
    for phone in (seeker, reporter):
        walk(phone, ("0",))
    new = shaken.phone()
    base = shaken.rows("select max(id) from rasa.events")[0][0]
    with other_engine(shaken, without_rules):
        for p, t in ((seeker, "1"), (reporter, "3"), (new, "0")):
            p.send(t)
        for i in range(8):
            time.sleep(1.5)
            ev = shaken.rows(
                f"select sender_id, string_agg(type_name||coalesce(':'||action_name,''), ' ' order by id) from rasa.events where id>{base} group by 1 order by 1"
            )
            with capsys.disabled():
                print(i, ev, shaken.rows("select id,state,failures from inbox.message order by id desc limit 3"))
        with capsys.disabled():
            print([p.hear() for p in (seeker, reporter, new)])
            print((shaken.home / "log/worker.log").read_text()[-1500:])
