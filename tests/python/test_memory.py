"""Nothing is kept behind a call, on the ways that end well and on those that do not."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any, Callable, List

import pytest
import smtpcodes
from smtpcodes import _smtpcodes as core

RULE = "spam/own\tspam\tplain\t-\tno cupboard here\t550 no cupboard here\tfield\n"
RULES = smtpcodes.Rules.loads(RULE)
MIXED: List[Any] = ["550 x", b"550 no cupboard here", bytearray(b"550 x"), (550, "no such user")]
LONG = "550 5.1.1 no such user " + "\ud800\xe9" * 2000


def rebuilt(verdict: smtpcodes.Verdict) -> smtpcodes.Verdict:
    """What pickle does to a verdict, without pickle, whose own memory of enum members some versions let grow."""
    make, items = verdict.__reduce__()
    result: smtpcodes.Verdict = make(*items)
    return result


CALLS: List[Callable[[], Any]] = [
    lambda: smtpcodes.classify("550 5.1.1 no such user"),
    lambda: smtpcodes.classify("550 5.99.77 caf\xe9: no such user"),
    lambda: smtpcodes.classify(bytearray(b"550 5.1.1 no such user")),
    lambda: smtpcodes.classify(LONG),
    lambda: smtpcodes.classify((550, b"no such user")),
    lambda: smtpcodes.classify("550 x", stage="rcpt", receiver="mx.example.org\ud800", client=None, rules=RULES),
    lambda: smtpcodes.classify(None),  # type: ignore[call-overload]
    lambda: smtpcodes.classify("x", receiver=5),  # type: ignore[call-overload]
    lambda: smtpcodes.classify_many([LONG, b"x"] * 20),
    lambda: smtpcodes.classify_many((reply for reply in MIXED * 20), rules=RULES),
    lambda: smtpcodes.classify_many(MIXED, workers=2),
    lambda: smtpcodes.classify_many(int(word) for word in ("5", "x")),  # type: ignore[misc]
    lambda: [tuple(smtpcodes.classify(text)) for text in ("550 5.99.78 \xe9 no such user", "550 \ud800 no such user")],
    lambda: smtpcodes.classify("450 4.2.0 Greylisted, try again in 5 minutes").as_dict(),
    lambda: rebuilt(smtpcodes.classify("550 5.1.1 no such user")).as_dict(),
    lambda: {smtpcodes.classify(LONG), smtpcodes.classify("550 no cupboard here", rules=RULES)},
    lambda: smtpcodes.Verdict(1),
    lambda: smtpcodes.classify_many([LONG, None]),  # type: ignore[list-item]
    lambda: core.classify_many([LONG, None], None, None, None),
    lambda: smtpcodes.parse(LONG),
    lambda: smtpcodes.parse("no reply"),
    lambda: smtpcodes.check(LONG, "rcpt"),
    lambda: smtpcodes.template(LONG),
    lambda: smtpcodes.explain(LONG),
    lambda: smtpcodes.compose(550, "5.1.1", "word " * 2000),
    lambda: smtpcodes.compose(550, "4.1.1", "x"),
    lambda: smtpcodes.compose(550, "x", "x"),
    lambda: smtpcodes.Rules.loads(RULE),
    lambda: smtpcodes.Rules.loads("wrong"),
    lambda: smtpcodes.Rules.loads(RULE + RULE.replace("own", "other")).check(),
    lambda: smtpcodes.text_is_unknown(LONG, rules=RULES, receiver="mx.example.org"),
    lambda: smtpcodes.explain(LONG, rules=RULES),
    lambda: smtpcodes.Reader().feed(b"250 ok\r\n250-x"),
    lambda: smtpcodes.Enhanced("5.1.1").title,
    lambda: core.reply_write((250, None, 0)),
    lambda: core.classify_with(None, (0, LONG, 5), "x"),
    lambda: core.classify_with("no rules", None, "x"),
]


@pytest.mark.parametrize("call", CALLS, ids=range(len(CALLS)))
def test_no_leak(call: Callable[[], Any]) -> None:
    def repeat(times: int) -> int:
        for _ in range(times):
            try:
                call()
            except (TypeError, ValueError):
                pass
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        sizes = [repeat(200) for _ in range(4)]
    finally:
        tracemalloc.stop()
    # A leak grows in every pass, by the 16 bytes of the smallest object at least; what grows once is a cache.
    assert min(after - before for before, after in zip(sizes, sizes[1:])) < 200 * 10
