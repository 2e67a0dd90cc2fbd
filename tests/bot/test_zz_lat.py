import time,statistics
from tests.bot.conftest import *
def test_lat(phone, capsys):
    e=phone.running.engine
    def t(f,n):
        xs=[]
        for _ in range(n):
            a=time.perf_counter(); f(); xs.append((time.perf_counter()-a)*1e3)
        xs.sort(); return f"p50 {xs[len(xs)//2]:.1f} p99 {xs[int(len(xs)*.99)]:.1f}"
    words=["mi patron no me paga hace tres semanas","busco trabajo en texas","kote m ka jwenn travay","can they keep my passport"]
    it=iter(range(10**6))
    for w in words: e.parse(w)
    out=["parse "+t(lambda: e.parse(words[next(it)%4]),150)]
    def fresh(f):
        phone.conversation=0; phone.memory={}; phone.draft=None; return f()
    turns=[]
    orig=e.turn
    def timed(*a):
        x=time.perf_counter(); r=orig(*a); turns.append((time.perf_counter()-x)*1e3); return r
    e.turn=timed
    def s(name,f,n):
        turns.clear()
        for _ in range(n): f()
        xs=sorted(turns); out.append(f"{name} n={len(xs)} p50 {xs[len(xs)//2]:.1f} p99 {xs[int(len(xs)*.99)]:.1f}")
    def rep():
        phone.conversation=0; phone.memory={}; phone.draft=None
        phone.keys_of("report_abuse")
        for i in range(9): phone.digit("1")
    s("form",rep,6)
    phone.conversation=0;phone.memory={};phone.draft=None
    s("utter (growing)",lambda: phone.keys_of("thank"),60)
    out.append(f"first10 {sum(turns[:10])/10:.1f} last10 {sum(turns[-10:])/10:.1f}")
    s("menu (after 60 turns)",lambda: phone.keys_of("greet"),60)
    out.append(f"last10 {sum(turns[-10:])/10:.1f}")
    with capsys.disabled(): print("\n".join(out))
    import psutil,os
    for p in psutil.Process(os.getpid()).children(recursive=True):
        with capsys.disabled():
            c=p.cmdline(); print(round(p.memory_info().rss/1e6), c[-2:] if c else '')
