"""Reading, checking, composing and explaining replies; rules of one's own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Optional

import pytest
import smtpcodes
from smtpcodes import Reader, Rules, check, classify, compose, explain, parse

RULE = "mailbox-full/cupboard\tmailbox-full\tplain\t-\tno room [left] in cupboard\t550 No room in the cupboard\tfield\n"


def test_parse() -> None:
    reply = parse("550-5.1.1 No such\r\n550 5.1.1 user\r\n")
    code, enhanced, lines, text = reply
    assert code is smtpcodes.Code(550) and isinstance(enhanced, smtpcodes.Enhanced)
    assert (enhanced, lines, text) == ("5.1.1", ("No such", "user"), "No such\nuser")
    assert (reply.code, reply.enhanced, reply.lines, reply.text) == tuple(reply)
    assert parse("250 ok").enhanced is None and type(parse("599 no").code) is int
    assert parse(b"250 caf\xc3\xa9 \xff").text == "caf\xe9 \udcff"


@pytest.mark.parametrize("text", ["", "x", "55", "hello 550", b"\xff", "\ud800", "\0"])
def test_no_reply(text: Any) -> None:
    for function in (parse, check):
        with pytest.raises(ValueError) as caught:
            function(text)
        assert not isinstance(caught.value, smtpcodes.IncompleteReply) and str(caught.value)


def test_incomplete() -> None:
    with pytest.raises(smtpcodes.IncompleteReply):
        parse("250-mx.example.org\r\n")


def test_check() -> None:
    assert check("250 2.1.5 Ok\r\n") == () == check("250 2.1.5 Ok\r\n", "rcpt")
    assert check("250 2.1.5 Ok\n") == ("bare-lf",)
    assert check("220 2.0.0 mx.example.org\r\n", "connect") == ("enhanced-unwanted",)
    assert check("354 Go\r\n", "rcpt") == ("unexpected-code",)
    assert check("550 4.1.1 x\r\n")[0] is smtpcodes.Flag.ENHANCED_CLASS
    with pytest.raises(ValueError):
        check("250 ok", "lunch")


@pytest.mark.parametrize(
    "code,enhanced,text,command,wanted",
    [
        (250, None, "", None, b"250 \r\n"),
        (550, "5.1.1", "No such user", None, b"550 5.1.1 No such user\r\n"),
        (550, "5.1.1", "No such\nuser", "rcpt", b"550-5.1.1 No such\r\n550 5.1.1 user\r\n"),
        (550, smtpcodes.Enhanced("5.1.1"), b"No such user", None, b"550 5.1.1 No such user\r\n"),
        (smtpcodes.Code(220), "2.0.0", "mx.example.org", "connect", b"220 mx.example.org\r\n"),
        (250, "2.0.0", "mx.example.org\nSIZE 1000", "ehlo", b"250-mx.example.org\r\n250 SIZE 1000\r\n"),
        (354, "2.0.0", "Go", "data", b"354 Go\r\n"),
        (550, "5.1.1", "caf\xe9", None, "550 5.1.1 caf\xe9\r\n".encode()),
    ],
)
def test_compose(code: int, enhanced: Optional[str], text: Any, command: Optional[str], wanted: bytes) -> None:
    assert compose(code, enhanced, text, command) == wanted


def test_compose_long_lines() -> None:
    reply = compose(550, "5.7.1", "word " * 1000)
    lines = reply.split(b"\r\n")
    assert lines.pop() == b"" and len(lines) > 9 and max(map(len, lines)) <= 510  # RFC 5321 4.5.3.1.5
    assert check(reply) == () and " ".join(parse(reply).lines).split() == ["word"] * 1000


@pytest.mark.parametrize(
    "arguments",
    [
        (199,),
        (600,),
        (0,),
        (-550,),
        (10**30,),
        (570,),
        (550, "4.1.1"),
        (550, "x"),
        (550, ""),
        (550, "9.1.1"),
        (250, None, "a\0b"),
        (250, None, "a\rb"),
        (250, None, "\x1b[1m"),
        (250, None, b"\xff"),
        (250, None, "\ud800"),
        (250, None, "", "lunch"),
    ],
)
def test_compose_refuses(arguments: Any) -> None:
    with pytest.raises(ValueError) as caught:
        compose(*arguments)
    assert str(caught.value)


@pytest.mark.parametrize("enhanced", ["3.1.1", "five", ""])
def test_compose_no_enhanced_code(enhanced: str) -> None:
    with pytest.raises(ValueError) as caught:  # the same words as in Lua; class 3 is in no standard
        compose(550, enhanced, "x")
    assert str(caught.value) == f"'{enhanced}' is not an enhanced code"


@pytest.mark.parametrize("arguments", [("250",), (250, 5), (250, None, 5), (None,)])
def test_compose_wrong_type(arguments: Any) -> None:
    with pytest.raises(TypeError):
        compose(*arguments)


def test_explain() -> None:
    for query in (550, "550", b"550", smtpcodes.Code(550)):
        assert explain(query).startswith("550") and smtpcodes.Code(550).title in explain(query)
    assert smtpcodes.Enhanced("5.1.1").title in explain("5.1.1") == explain(smtpcodes.Enhanced("5.1.1"))
    assert "mailbox-full" in explain("452 4.2.2 Mailbox is full") and "mailbox-full" in explain(
        (452, b"Mailbox is full")
    )
    assert "\x1b[" in explain(550, color=True) and "\x1b" not in explain(550)
    assert explain(511) and explain(-1) and explain(10**30) and explain("")
    wrong: Any
    for wrong in (None, 5.5, []):
        with pytest.raises(TypeError):
            explain(wrong)


def test_explain_of_a_long_reply_is_whole() -> None:
    """The text is longer than the first buffer."""
    name = "x" * 3000
    assert name in explain(f"550 5.1.1 {name}")


def test_template_of_a_long_reply_is_whole() -> None:
    words = "word " * 5000 + "end"
    assert smtpcodes.template(f"550 {words}") == f"550 {words}"


def test_reader() -> None:
    stream = b"220 mx.example.org\r\n250-mx.example.org\r\n250-SIZE 1000\r\n250 HELP\r\n550 5.1.1 No\r\n"
    whole = [b"220 mx.example.org\r\n", b"250-mx.example.org\r\n250-SIZE 1000\r\n250 HELP\r\n", b"550 5.1.1 No\r\n"]
    assert Reader().feed(stream) == whole
    for cut in range(len(stream)):
        reader = Reader()
        assert reader.feed(stream[:cut]) + reader.feed(stream[cut:]) == whole
    reader, single = Reader(), []
    for i in range(len(stream)):
        single += reader.feed(stream[i : i + 1])
    assert single == whole


def test_reader_fails_and_starts_anew() -> None:
    reader = Reader()
    with pytest.raises(ValueError):
        reader.feed(b"SSH-2.0-x\r\n")
    assert reader.feed(b"250 ok\r\n") == [b"250 ok\r\n"]


# ---- rules ----


def test_rules(tmp_path: Path) -> None:
    path = tmp_path / "own.tsv"
    path.write_text(RULE)
    for rules in (
        Rules.load(path),
        Rules.load(str(path)),
        Rules.load(bytes(path)),
        Rules.loads(RULE),
        Rules(RULE.encode()),
    ):
        assert len(rules) == 1 and "1" in repr(rules)
        verdict = classify("550 There is no room in the cupboard", rules=rules)
        assert (verdict.reason, verdict.rule) == ("mailbox-full", "mailbox-full/cupboard")
        assert smtpcodes.classify_many(["550 There is no room in the cupboard"], rules=rules) == [verdict]
    assert classify("550 There is no room in the cupboard").rule != "mailbox-full/cupboard"


def test_explain_with_rules() -> None:
    reply = "550 There is no room in the cupboard"
    assert "rule mailbox-full/cupboard (field)" in explain(reply, rules=Rules.loads(RULE))
    assert "cupboard (field)" not in explain(reply)
    with pytest.raises(TypeError):
        explain(reply, rules="text")  # type: ignore[arg-type]


def test_check_of_rules() -> None:
    assert Rules.loads(RULE).check() == []
    assert smtpcodes._smtpcodes.rules_check(None) == ""  # no rules
    shadow = "my/room\tspam\ttag\t-\tno room ~2 cupboard\t550 no room in the cupboard\tfield\n"
    assert Rules(RULE + shadow, "mine").check() == [
        'mine:1: the example of the rule "mailbox-full/cupboard" is decided by "my/room" in line 2',
        'mine:1: the rule "mailbox-full/cupboard" never decides: "my/room" in line 2 comes before it',
    ]
    many = "".join(f"my/r{i}\tspam\tplain\t-\tzebra\t550 lion\tme\n" for i in range(100))
    assert len(Rules.loads(many).check()) == 199  # the first is heard, but not on its example


def test_policies() -> None:
    rules = Rules.loads("layer\tlast\npolicy\tmailbox-full\tpermanent\thard\tsuppress\n")
    verdict = classify("550 Mailbox full", rules=rules)
    assert (verdict.reason, verdict.bounce, verdict.action) == ("mailbox-full", "hard", "suppress")


def test_text_is_unknown() -> None:
    reply = "550 There is no room in the cupboard"
    assert smtpcodes.text_is_unknown(reply) is True
    assert smtpcodes.text_is_unknown(reply, rules=Rules.loads(RULE)) is False
    assert smtpcodes.text_is_unknown((550, b"User unknown"), stage="rcpt", receiver="mx.example.org") is False
    with pytest.raises(TypeError):
        smtpcodes.text_is_unknown(None)  # type: ignore[arg-type]


def test_version_of_rules() -> None:
    assert re.fullmatch(r"[0-9a-f]{8}", smtpcodes.rules_version())
    own = Rules.loads(RULE).version
    assert re.fullmatch(re.escape(smtpcodes.rules_version()) + r"\+[0-9a-f]{8}", own)
    assert own == Rules(RULE.encode(), "other name").version
    assert own != Rules.loads(RULE + "# a comment\n").version


def test_names_outlive_their_rules() -> None:
    """Rules freed and others put in their place: the names in old verdicts stay, new ones are right."""
    verdicts = []
    for i in range(200):
        rules = Rules.loads(RULE.replace("cupboard\tmailbox", f"cupboard-{i % 7}\tmailbox"))
        verdicts.append(classify("550 no room in the cupboard", rules=rules))
        del rules
    assert [verdict.rule for verdict in verdicts] == [f"mailbox-full/cupboard-{i % 7}" for i in range(200)]


def test_no_rules() -> None:
    empty = Rules.loads("")
    assert len(empty) == 0 and empty
    assert classify("250 ok", rules=empty) == classify("250 ok")


def test_wrong_rules(tmp_path: Path) -> None:
    path = tmp_path / "wrong.tsv"
    path.write_text("# comment\nmailbox-full/x\tno-such-reason\tplain\t-\tno cupboard\t550 no cupboard\tfield\n")
    with pytest.raises(ValueError, match=r"wrong\.tsv:2: "):
        Rules.load(path)
    with pytest.raises(ValueError, match=r"^mine:1: "):
        Rules("x\n", "mine")
    with pytest.raises(FileNotFoundError):
        Rules.load(tmp_path / "none.tsv")
    wrong: Any
    for wrong in (None, 5, []):
        with pytest.raises(TypeError):
            Rules.loads(wrong)
    with pytest.raises(ValueError):
        Rules("x\n", "\ud800")
