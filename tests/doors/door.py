"""Answers the requests of cases.py through the Python package that is installed."""

from __future__ import annotations

import re
import sys
from typing import Any, Dict, Optional

import smtpcodes
from cases import Value, answer_line, requests
from smtpcodes import _smtpcodes as core

Answer = Optional[Dict[str, Value]]


def text(value: Optional[bytes]) -> Optional[str]:
    """An argument that may be left out."""
    return value.decode("ascii") if value else None


def code(number: bytes) -> Answer:
    row = smtpcodes.lookup(int(number))
    if row is None:
        return None
    assert isinstance(row, smtpcodes.Code)
    return {
        "code": int(row),
        "name": row.name,
        "title": row.title,
        "explanation": row.explanation,
        "reference": row.reference,
        "severity": row.severity,
        "category": row.category,
        "standing": row.standing,
        "commands": ",".join(row.commands),
        "reason": row.reason,
        "action": row.action,
    }


def digits(number: bytes) -> Answer:
    return {
        "severity": core.severity_name(core.code_severity(int(number))),
        "category": core.category_name(core.code_category(int(number))),
    }


def row_of(row: smtpcodes.Enhanced) -> Answer:
    codes = row.codes
    return {
        "pattern": row.pattern,
        "name": row.name,
        "title": row.title,
        "explanation": row.explanation,
        "reference": row.reference,
        "standing": row.standing,
        "reason": row.reason,
        "codes": codes if isinstance(codes, str) else ",".join(map(str, codes)),
    }


def enhanced(text: bytes) -> Answer:
    if re.fullmatch(b"[0-9]{3}", text):
        return None  # lookup() would take it for a basic code
    row = smtpcodes.lookup(text.decode("ascii"))
    return None if row is None else row_of(row)  # type: ignore[arg-type]


def nearest(*parts: bytes) -> Answer:
    """Of any numbers; what is written as a code is read by Enhanced, which must not differ."""
    row = core.enhanced_nearest(*map(int, parts))
    answer = row and {
        "pattern": core.enhanced_pattern(row),
        "name": core.enhanced_name(row),
        "title": core.enhanced_title(row),
        "explanation": core.enhanced_explanation(row),
        "reference": core.enhanced_reference(row),
        "standing": core.standing_name(core.enhanced_standing(row)),
        "reason": core.reason_name(core.enhanced_reason(row)),
        "codes": core.enhanced_codes(row),
    }
    try:
        assert row_of(smtpcodes.Enhanced(b".".join(parts).decode("ascii"))) == answer
    except ValueError:
        pass
    return answer or None


def parse(reply: bytes) -> Answer:
    status, (code, first, enhanced, lines, flags, stage, inner, inner_enhanced, used, error) = core.reply_parse(reply)
    message = core.strstatus(status)
    try:
        public: Any = smtpcodes.parse(reply)
        assert status == core.STATUS_OK and list(public.lines) == lines
    except ValueError as raised:
        assert str(raised) == message
    if status == core.STATUS_NOT_A_REPLY:
        return {"status": message, "error": error}
    return {
        "status": message,
        "code": code,
        "first": first,
        "enhanced": enhanced,
        "count": len(lines),
        "lines": "".join(line + "\n" for line in lines),
        "flags": ",".join(core.flag_name(1 << bit) for bit in range(32) if flags >> bit & 1),
        "stage": None if stage == "unknown" else stage,
        "inner": None if inner < 0 else inner,
        "inner_enhanced": inner_enhanced,
        "used": used,
    }


def reader(reply: bytes) -> Answer:
    status, used = core.reader_feed(core.reader_new(), reply)
    return {"status": core.strstatus(status), "used": used}


def verdict_of(verdict: smtpcodes.Verdict) -> Dict[str, Value]:
    return {
        **verdict.as_dict(),
        "stage": None if verdict.stage == "unknown" else verdict.stage,
        "evidence_start": verdict.evidence_span[0] if verdict.evidence_span else None,
    }


def classify(reply: bytes, stage: bytes, receiver: bytes, client: bytes) -> Answer:
    context: Any = {"stage": text(stage), "receiver": text(receiver), "client": text(client)}
    verdict = smtpcodes.classify(reply, **context)
    if not any(context.values()):  # the short way must not differ
        assert smtpcodes.classify(reply) == verdict
    assert smtpcodes.classify_many([reply], **context) == [verdict]
    return verdict_of(verdict)


def as_(vocabulary: bytes, reply: bytes) -> Answer:
    return {"term": smtpcodes.classify(reply).as_(vocabulary.decode())}


def reason_as(reason: bytes, bounce: bytes, vocabulary: bytes) -> Answer:
    return {"term": smtpcodes.Reason(reason.decode()).as_(vocabulary.decode(), bounce.decode())}


def reason_of(vocabulary: bytes, term: bytes) -> Answer:
    try:
        return {"reason": smtpcodes.reason_of(vocabulary.decode(), term.decode())}
    except ValueError:
        return None


def rules(text: bytes, reply: bytes) -> Answer:
    try:
        own = smtpcodes.Rules(text, "rules.tsv")
    except ValueError as raised:
        return {"message": str(raised)}
    return {
        "message": None,
        "findings": "".join(line + "\n" for line in own.check()),
        "version": own.version,
        "unknown": int(smtpcodes.text_is_unknown(reply, rules=own)),
        "count": len(own),
        **verdict_of(smtpcodes.classify(reply, rules=own)),
    }


def template(reply: bytes) -> Answer:
    return {"template": smtpcodes.template(reply)}


def explain(query: bytes) -> Answer:
    page, understood = core.explain(query, core.STYLE_PLAIN)[-2:]
    assert smtpcodes.explain(query) == page
    return {"page": page, "understood": int(understood)}


def compose(number: bytes, enhanced: bytes, command: bytes, words: bytes) -> Answer:
    try:
        reply = smtpcodes.compose(int(number), text(enhanced), words, text(command))
    except ValueError as raised:
        return {"status": str(raised)}
    return {"status": core.strstatus(core.STATUS_OK), "reply": reply}


def main() -> None:
    answers: Dict[str, Any] = {
        name: globals()[name]
        for name in "code digits enhanced nearest parse reader classify rules template explain compose reason_as "
        "reason_of".split()
    }
    answers["as"] = as_
    for kind, arguments in requests():
        sys.stdout.write(answer_line(kind, answers[kind](*arguments)) + "\n")


main()
