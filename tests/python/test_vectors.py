"""The shared cases, through Python."""

from __future__ import annotations

from typing import Any, Dict

import pytest
import smtpcodes
from smtpcodes import _smtpcodes as core
from vectors import rows, unescape

Row = Dict[str, str]


def by(column: str) -> Any:
    return {"ids": lambda row: row[column][:60]}


@pytest.mark.parametrize("row", rows("codes.tsv"), **by("code"))
def test_code(row: Row) -> None:
    number = int(row["code"])
    assert core.severity_name(core.code_severity(number)) == row["severity"]
    assert core.category_name(core.code_category(number)) == row["category"]
    if row["standing"] == "-":
        assert smtpcodes.lookup(number) is None
        with pytest.raises(ValueError):
            smtpcodes.Code(number)
        return
    code = smtpcodes.Code(number)
    assert (code.standing, code.severity, code.category) == (row["standing"], row["severity"], row["category"])
    if row["commands"] == "any":
        assert set(code.commands) == set(smtpcodes.Command)
    elif row["commands"] != "-":
        assert set(row["commands"].split(",")) <= set(code.commands)


def parts(code: str) -> list[int]:
    klass, subject, detail = code.split(".")
    return [int(klass), int(subject), int(detail)]


@pytest.mark.parametrize("code,row", [(code, row) for row in rows("enhanced.tsv") for code in row["codes"].split(",")])
def test_enhanced(code: str, row: Row) -> None:
    exact, nearest = core.enhanced_find(*parts(code)), core.enhanced_nearest(*parts(code))
    assert (core.enhanced_pattern(exact) if exact else "-") == row["find"]
    assert (core.enhanced_pattern(nearest) if nearest else "-") == row["nearest"]
    found = smtpcodes.lookup(code)
    if row["find"] == "-":
        assert found is None
    else:
        assert isinstance(found, smtpcodes.Enhanced)
        assert (found, found.pattern, found.standing) == (code, row["find"], row["standing"])
        if row["basic"] == "any":
            assert found.codes == "any"
        elif row["basic"] != "-":
            assert set(map(int, row["basic"].split(","))) <= set(found.codes)
    if row["word"] != "-":
        code_read = smtpcodes.Enhanced(code)
        meaning = f"{code_read.title} {code_read.explanation}".lower()
        assert any(word in meaning for word in row["word"].split("|"))


@pytest.mark.parametrize("row", rows("replies.tsv"), **by("name"))
def test_reply(row: Row) -> None:
    reply = b"" if row["reply"] == "-" else unescape(row["reply"])
    status, (code, first, enhanced, lines, mask, stage, inner_code, inner_enhanced, used, _) = core.reply_parse(reply)
    names = {core.STATUS_OK: "ok", core.STATUS_MORE: "more", core.STATUS_NOT_A_REPLY: "not-a-reply"}
    flags = set(core.flag_name(1 << bit) for bit in range(32) if mask >> bit & 1)
    inner = " ".join(str(part) for part in (inner_code, inner_enhanced) if part not in (-1, None)) or "-"
    got = {
        "status": names[status],
        "code": str(code),
        "first": str(first),
        "enhanced": enhanced or "-",
        "inner": inner,
        "stage": stage,
        "used": str(used),
    }
    for column, value in got.items():
        assert row[column] == "*" or value in row[column].split("/"), column
    if row["flags"] != "*":
        assert flags in [set(some.split(",")) - {"-"} for some in row["flags"].split("/")]
    if row["lines"] != "*":
        wanted = (
            [""]
            if row["lines"] == "-"
            else [unescape(line).decode("utf-8", "surrogateescape") for line in row["lines"].split("|")]
        )
        assert lines == wanted
    status, used = core.reader_feed(core.reader_new(), reply)
    assert row["reader"] == "*" or names[status] in row["reader"].split("/")
    assert row["offset"] == "*" or str(used) in row["offset"].split("/")

    if got["status"] == "ok":
        read = smtpcodes.parse(reply)
        assert (read.code, read.enhanced, list(read.lines)) == (code, enhanced, lines)
        assert set(smtpcodes.check(reply)) == flags
    else:
        with pytest.raises(smtpcodes.IncompleteReply if got["status"] == "more" else ValueError):
            smtpcodes.parse(reply)


@pytest.mark.parametrize("row", rows("classify.tsv"), **by("reply"))
def test_verdict(row: Row) -> None:
    reply = unescape(row["reply"])
    stage = None if row["stage"] == "-" else row["stage"]
    verdict = smtpcodes.classify(reply, stage=stage)
    got = verdict.as_dict()
    for column in ("reason", "bounce", "action", "basis", "provider", "blocklist", "retry_after"):
        wanted = row[column]
        if wanted != "*":
            assert str("-" if got[column] is None else got[column]) in wanted.split("/"), column
    if row["evidence"] == "-":
        assert verdict.evidence is None
    elif row["evidence"] != "*":
        assert unescape(row["evidence"]).decode("utf-8", "surrogateescape") in (verdict.evidence or "")
    same = smtpcodes.classify(reply.decode("utf-8", "surrogateescape"), stage=stage)
    assert same[:-1] == verdict[:-1]
    assert smtpcodes.classify_many([reply], stage=stage) == [verdict]


@pytest.mark.parametrize("row", rows("templates.tsv"), **by("reply"))
def test_template(row: Row) -> None:
    assert smtpcodes.template(unescape(row["reply"])) == unescape(row["template"]).decode("utf-8", "surrogateescape")


@pytest.mark.parametrize("row", rows("vocabularies.tsv"), **by("term"))
def test_vocabulary(row: Row) -> None:
    vocabulary, term = row["vocabulary"], row["term"]
    if row["reply"] != "*":
        verdict = smtpcodes.classify(unescape(row["reply"]))
        assert (verdict.reason, verdict.bounce) == (row["reason"], row["bounce"])
        assert (verdict.as_(vocabulary) or "-") == term
    if row["reason"] != "*":
        assert (smtpcodes.Reason(row["reason"]).as_(vocabulary, row["bounce"]) or "-") == term
    if row["back"] == "!":
        with pytest.raises(ValueError):
            smtpcodes.reason_of(vocabulary, term)
    elif row["back"] != "*":
        assert (smtpcodes.reason_of(vocabulary, term) or "-") == row["back"]
