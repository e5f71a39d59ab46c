"""What goes in, and what comes out of classify()."""

from __future__ import annotations

import copy
import gc
import json
import pickle
import smtplib
import subprocess
import sys
import weakref
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any, Dict, Iterator, List

import pytest
import smtpcodes
from smtpcodes import Verdict, classify, classify_many

UNKNOWN_USER = "550 5.1.1 <ann@example.org>: No such user here"
GREYLISTED = "450 4.2.0 Greylisted, try again in 5 minutes"
KEYS = (
    "code enhanced severity category reason side action bounce basis confidence rule evidence provider blocklist "
    "retry_after"
).split()


def test_verdict() -> None:
    verdict = classify(UNKNOWN_USER)
    assert verdict.code is smtpcodes.Code.MAILBOX_UNAVAILABLE
    assert isinstance(verdict.enhanced, smtpcodes.Enhanced) and verdict.enhanced == "5.1.1"
    assert verdict.reason is smtpcodes.Reason.USER_UNKNOWN
    assert verdict.severity is smtpcodes.Severity.PERMANENT
    assert verdict.category is smtpcodes.Category.MAIL_SYSTEM
    assert verdict.side is smtpcodes.Side.RECIPIENT
    assert verdict.action is smtpcodes.Action.SUPPRESS
    assert verdict.bounce is smtpcodes.Bounce.HARD
    assert verdict.basis is smtpcodes.Basis.TEXT
    assert 0 < verdict.confidence <= 100
    assert verdict.rule and verdict.rule.startswith("user-unknown/")
    assert verdict.evidence and verdict.evidence_span
    assert UNKNOWN_USER[slice(*verdict.evidence_span)] == verdict.evidence
    assert verdict.blocklist is None and verdict.retry_after is None
    assert classify(GREYLISTED).retry_after == 300
    assert classify("554 5.7.1 [192.0.2.1] blocked using zen.spamhaus.org").blocklist == "spamhaus-zen"


@pytest.mark.parametrize(
    "same",
    [
        UNKNOWN_USER.encode(),
        bytearray(UNKNOWN_USER.encode()),
        memoryview(UNKNOWN_USER.encode()),
        memoryview(b"xx" + UNKNOWN_USER.encode())[2:],
        memoryview(b"".join(bytes([byte, 0]) for byte in UNKNOWN_USER.encode()))[::2],
        type("Text", (str,), {})(UNKNOWN_USER),
        type("Bytes", (bytes,), {})(UNKNOWN_USER.encode()),
    ],
)
def test_forms_of_text(same: Any) -> None:
    assert classify(same) == classify_many([same])[0] == classify(UNKNOWN_USER)


class Response(Exception):
    """The shape of aiosmtplib.SMTPResponseException."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(code, message)
        self.code, self.message = code, message


class Refused(Response):
    """The shape of aiosmtplib.SMTPRecipientRefused."""

    def __init__(self, code: int, message: str, recipient: str) -> None:
        super().__init__(code, message)
        self.recipient = recipient


class AllRefused(Exception):
    """The shape of aiosmtplib.SMTPRecipientsRefused."""

    def __init__(self, recipients: List[Refused]) -> None:
        super().__init__(recipients)
        self.recipients = recipients


@pytest.mark.parametrize(
    "same",
    [
        (550, b"5.1.1 <ann@example.org>: No such user here"),
        (550, "5.1.1 <ann@example.org>: No such user here"),
        [550, b"5.1.1 <ann@example.org>: No such user here"],
        (smtpcodes.Code(550), b"5.1.1 <ann@example.org>: No such user here"),
        smtplib.SMTPResponseException(550, b"5.1.1 <ann@example.org>: No such user here"),
        smtplib.SMTPResponseException(550, "5.1.1 <ann@example.org>: No such user here"),
        smtplib.SMTPDataError(550, b"5.1.1 <ann@example.org>: No such user here"),
        smtplib.SMTPSenderRefused(550, b"5.1.1 <ann@example.org>: No such user here", "bo@example.org"),
        Response(550, "5.1.1 <ann@example.org>: No such user here"),
        Refused(550, "5.1.1 <ann@example.org>: No such user here", "ann@example.org"),
    ],
)
def test_code_and_text_apart(same: Any) -> None:
    assert classify(same) == classify_many([same])[0] == classify(UNKNOWN_USER + "\r\n")
    assert smtpcodes.parse(same) == smtpcodes.parse(UNKNOWN_USER)


def test_pair_of_many_lines() -> None:
    """smtplib joins the lines by line feeds and takes the codes off."""
    pair = (552, b"5.2.2 The mailbox you write to\n5.2.2 is full")
    assert smtpcodes.parse(pair) == (
        552,
        "5.2.2",
        ("The mailbox you write to", "is full"),
        "The mailbox you write to\nis full",
    )
    assert classify(pair).reason == "mailbox-full"
    assert smtpcodes.check(pair) == ()


def test_pair_without_code() -> None:
    """smtplib's code is -1 where the server's line had none."""
    verdict = classify((-1, b"mailbox is full"))
    assert verdict.code is None and verdict.reason == "mailbox-full"


def test_a_verdict_per_recipient() -> None:
    refused = {"ann@example.org": (550, b"5.1.1 No such user here"), "bo@example.org": (452, b"4.2.2 Mailbox is full")}
    error: Any
    for error in (
        smtplib.SMTPRecipientsRefused(refused),
        AllRefused([Refused(code, text.decode(), who) for who, (code, text) in refused.items()]),
    ):
        verdicts: Dict[str, Verdict] = classify(error)
        assert list(verdicts) == list(refused)
        assert verdicts["ann@example.org"].reason == "user-unknown"
        assert verdicts["bo@example.org"].reason == "mailbox-full"
        with pytest.raises(TypeError):
            classify_many([error])


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        550,
        5.5,
        True,
        object(),
        {},
        set(),
        [],
        (),
        (550,),
        (550, None),
        ("550", b"x"),
        (550, b"x", 1),
        {550: b"x"},
        ["550 x"],
        Exception("550 x"),
        smtplib.SMTPServerDisconnected("x"),
        smtplib.SMTPException(550, b"x"),
        iter(["x"]),
    ],
    ids=repr,
)
def test_wrong_type(wrong: Any) -> None:
    for function in (classify, smtpcodes.parse, smtpcodes.template, lambda x: classify(x, stage="rcpt")):
        with pytest.raises(TypeError):
            function(wrong)
    with pytest.raises(TypeError):
        classify_many(["250 ok", wrong])


def test_wrong_calls() -> None:
    for call in (
        lambda: classify(),  # type: ignore[call-overload]
        lambda: classify("x", "y"),  # type: ignore[call-overload]
        lambda: classify("x", sage="rcpt"),  # type: ignore[call-overload]
        lambda: classify("x", rules="text"),  # type: ignore[call-overload]
        lambda: classify("x", receiver=5),  # type: ignore[call-overload]
        lambda: classify_many(5),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(ValueError):
        classify("x", stage="lunch")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "550",
        "no reply at all",
        "5" * 1000,
        "\ud800",
        "\udcff",
        "550 \ud800\udcff caf\xe9",
        "550 \U0001f600",
        b"\xff\xfe",
        b"550 \xc3",
        "\n" * 1000,
        "550-" * 1000,
        "550 x\0y",
        "x" * 1_000_000,
        "550-line\r\n" * 70_000,
    ],
    ids=lambda text: repr(text[:12]),
)
def test_never_raises_on_text(text: Any) -> None:
    verdict: Verdict = classify(text)
    assert isinstance(verdict, Verdict) and classify_many([text]) == [verdict]
    assert isinstance(smtpcodes.template(text), str) and isinstance(smtpcodes.explain(text), str)
    repr(verdict), str(verdict)


def test_surrogates_stand_for_their_bytes() -> None:
    raw = b"550 5.1.1 Bo\xeete inconnue: no such user"
    escaped = raw.decode("utf-8", "surrogateescape")
    verdict = classify(escaped)
    assert verdict[:-1] == classify(raw)[:-1] and verdict.reason == "user-unknown"
    assert verdict.evidence_span and escaped[slice(*verdict.evidence_span)] == verdict.evidence


def test_evidence_counts_what_the_caller_has() -> None:
    text = "550 caf\xe9 \u2603 \U0001f600: no such user here"
    for reply in (text, text.encode()):
        verdict = classify(reply)
        assert verdict.evidence_span and verdict.evidence
        found = reply[slice(*verdict.evidence_span)]
        assert (found if isinstance(found, str) else found.decode()) == verdict.evidence


def test_verdict_is_a_value() -> None:
    verdict, other = classify(UNKNOWN_USER), classify(GREYLISTED)
    assert verdict == classify(UNKNOWN_USER) != other
    assert hash(verdict) == hash(classify(UNKNOWN_USER)) and len({verdict, classify(UNKNOWN_USER), other}) == 2
    for name in verdict._fields:
        with pytest.raises(AttributeError):
            setattr(verdict, name, None)
    with pytest.raises(AttributeError):
        verdict.more = 1  # type: ignore[attr-defined]
    with pytest.raises(TypeError):
        verdict[0] = 1  # type: ignore[index]
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(verdict, protocol))
        assert again == verdict and type(again) is Verdict and again.reason is verdict.reason
        assert type(again.enhanced) is smtpcodes.Enhanced
    assert copy.deepcopy(verdict) == verdict


def test_verdict_is_a_sequence() -> None:
    verdict = classify(UNKNOWN_USER)
    code, enhanced, *_, stage, span = verdict
    assert (code, enhanced, stage, span) == (550, "5.1.1", "unknown", (29, 46))
    assert tuple(verdict) == verdict == tuple(getattr(verdict, name) for name in verdict._fields)
    assert len(verdict) == len(verdict._fields) and list(verdict._fields[:15]) == KEYS
    assert verdict[4] is verdict.reason and verdict[-1] == (29, 46) and verdict[2:4] == ("permanent", "mail-system")
    assert hash(verdict) == hash(tuple(verdict)) and "mailbox-full" not in verdict and "user-unknown" in verdict
    assert verdict != UNKNOWN_USER and verdict != list(verdict)
    with pytest.raises(IndexError):
        verdict[17]
    for wrong in (), (550,), (*verdict, None):
        with pytest.raises(TypeError):
            Verdict(*wrong)


def test_verdict_is_documented() -> None:
    for name in (*Verdict._fields, "as_dict", "as_"):
        assert getattr(Verdict, name).__doc__, name


def test_verdict_outlives_what_it_came_from() -> None:
    """It has its evidence still, and keeps neither a long text nor an object that may point back to it alive."""
    words = "550 5.1.1 caf\xe9: no such user here"
    rules = smtpcodes.Rules.loads("spam/own\tspam\tplain\t-\tno cupboard here\t550 no cupboard here\tfield\n")
    verdict = classify("550 no cupboard here", rules=rules)
    many = classify_many(["550 no cupboard here", b"550 ok"], rules=rules)
    del rules
    gc.collect()
    assert verdict.rule == many[0].rule == "spam/own" and verdict.evidence == "no cupboard here"

    class Line(str):
        verdict: Verdict

    line = Line(words)
    line.verdict = verdict = classify(line)
    kept = weakref.ref(line)
    del line
    assert kept() is None and verdict.evidence == "no such user here" and verdict.evidence_span == (16, 33)

    for text in (words * 100, (words * 100).encode()):
        before = sys.getrefcount(text)
        verdict = classify(text)
        assert sys.getrefcount(text) == before
        assert verdict.evidence_span and verdict.evidence == "no such user here"
        assert text[slice(*verdict.evidence_span)] in ("no such user here", b"no such user here")

    writable = bytearray(words.encode())
    verdict = classify(writable)
    writable[:] = b""
    assert verdict.evidence == "no such user here" and verdict.evidence_span == (17, 34)


def test_verdicts_cost_the_collector_nothing() -> None:
    assert not any(gc.is_tracked(verdict) for verdict in (classify(UNKNOWN_USER), *classify_many([UNKNOWN_USER])))
    with pytest.raises(TypeError):
        type("Own", (Verdict,), {})


def test_verdict_prints() -> None:
    verdict = classify(GREYLISTED)
    assert str(verdict).startswith("450 4.2.0 greylisted (soft, retry)")
    shown = repr(verdict)
    assert shown.startswith("Verdict(code=450, enhanced='4.2.0', ") and "reason='greylisted'" in shown
    assert "retry_after=300" in shown and "None" not in shown


def test_verdict_as_dict() -> None:
    data = classify(GREYLISTED).as_dict()
    assert list(data) == KEYS
    assert {type(value) for value in data.values()} <= {int, str, type(None)}
    assert json.loads(json.dumps(data)) == data
    assert (data["code"], data["enhanced"], data["reason"], data["retry_after"]) == (450, "4.2.0", "greylisted", 300)
    nothing = classify("").as_dict()
    assert nothing["code"] is None and nothing["enhanced"] is None and nothing["evidence"] is None


def test_code_of_no_table() -> None:
    verdict = classify("599 no")
    assert verdict.code == 599 and type(verdict.code) is int and verdict.severity == "permanent"


def test_stage() -> None:
    assert classify("550 x", stage="rcpt").stage is smtpcodes.Stage.RCPT
    assert classify("550 x", stage=smtpcodes.Stage.CONNECT).stage == "connect"
    assert classify("550 x").stage == "unknown"


def test_names_are_made_once() -> None:
    """A million verdicts of one rule have one string for it."""
    first, second = classify(UNKNOWN_USER), classify(UNKNOWN_USER)
    assert first.rule is second.rule and first.enhanced is second.enhanced


def test_hostile_enhanced_codes() -> None:
    """Any number of codes goes through the cache of 512."""
    for detail in range(1000):
        verdict = classify(f"550 5.9.{detail} no")
        assert verdict.enhanced == f"5.9.{detail}" and type(verdict.enhanced) is smtpcodes.Enhanced


def mixed(count: int) -> List[str]:
    kinds = [
        UNKNOWN_USER,
        GREYLISTED,
        "250 ok",
        "552 5.2.2 Mailbox full",
        "x",
        "554 5.7.1 blocked using zen.spamhaus.org",
    ]
    return [f"{kinds[i % len(kinds)]} {i}" for i in range(count)]


@pytest.mark.parametrize("count", [0, 1, 255, 256, 257, 1000])
def test_classify_many(count: int) -> None:
    replies = mixed(count)
    assert classify_many(iter(replies)) == [classify(reply) for reply in replies]
    assert classify_many(replies, stage="rcpt") == [classify(reply, stage="rcpt") for reply in replies]


@pytest.mark.parametrize("count", [0, 1, 2048, 2049, 7000])
@pytest.mark.parametrize("workers", [2, 5])
def test_workers(count: int, workers: int) -> None:
    replies = mixed(count)
    assert classify_many(iter(replies), workers=workers) == classify_many(replies)
    assert classify_many(replies, workers=workers, stage="rcpt") == classify_many(replies, stage="rcpt")


def test_workers_fail_as_one_does() -> None:
    wrong: Any = [*mixed(5000), None]
    with pytest.raises(TypeError, match="not NoneType"):
        classify_many(wrong, workers=2)
    for workers in (0, -1):
        with pytest.raises(ValueError):
            classify_many(mixed(2), workers=workers)


def test_replies_that_fail_to_come() -> None:
    def source() -> Iterator[str]:
        yield from mixed(300)
        raise OSError("the log is gone")

    for workers in (1, 2):
        with pytest.raises(OSError, match="the log is gone"):
            classify_many(source(), workers=workers)


def test_threads_agree() -> None:
    replies = mixed(3000)
    wanted = [classify(reply) for reply in replies]

    def work(number: int) -> bool:
        one_by_one = [classify(reply) for reply in replies] == wanted
        return one_by_one and classify_many(replies) == wanted

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [True] * 8


def test_others_run_during_classify_many() -> None:
    """Another thread gets on although the interpreter never switches by itself: the GIL is given up in each batch."""
    script = """
import sys, threading, smtpcodes
sys.setswitchinterval(1000)
gate, ran = threading.Lock(), []
gate.acquire()
def other():
    gate.acquire()
    ran.append(True)
thread = threading.Thread(target=other)
thread.start()
gate.release()
smtpcodes.classify_many(["550 5.1.1 no such user here " * 2000] * 1000)
print(ran)
thread.join()
"""
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout == "[True]\n"


def test_processes() -> None:
    """classify pickles by its name, so it serves a pool."""
    with ProcessPoolExecutor(2) as pool:
        assert list(pool.map(classify, [UNKNOWN_USER, "250 ok"])) == [classify(UNKNOWN_USER), classify("250 ok")]
