"""The requests that every door answers, and how requests and answers are written.

A request is a line: kind and arguments, with tabs between. An answer is a line too: kind, then key=value in any order,
or "none". Bytes are escaped as in tests/vectors; "-" is nothing.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Tuple, Union

TESTS = Path(__file__).resolve().parent.parent
sys.path.append(str(TESTS / "python"))
from vectors import rows, unescape  # noqa: E402

Value = Union[str, bytes, int, None]
SOMETHING = "*"
"""as an expected value: any but "-"."""


def escape(value: Value) -> str:
    """As the requests and the answers have it."""
    if value is None or value == "" or value == b"":
        return "-"
    if not isinstance(value, bytes):
        value = str(value).encode("utf-8", "surrogateescape")
    if value == b"-":
        return r"\x2d"
    return re.sub(rb"[^ -\[\]-~]", lambda found: b"\\x%02x" % found[0][0], value).decode()


def answer_line(kind: str, answer: Optional[Dict[str, Value]]) -> str:
    """`answer` is None where there is no such row."""
    return "\t".join([kind] + (["none"] if answer is None else [f"{k}={escape(v)}" for k, v in answer.items()]))


def requests() -> Iterator[Tuple[str, List[bytes]]]:
    """What stands on standard input."""
    for line in sys.stdin.buffer:
        kind, *cells = line.decode("ascii").rstrip("\n").split("\t")
        yield kind, [b"" if cell == "-" else unescape(cell) for cell in cells]


class Case(NamedTuple):
    kind: str
    arguments: Tuple[Value, ...]
    expected: Dict[str, Tuple[str, ...]] = {}
    """of some keys: the values that are right, escaped. The key "none" stands for the answer "none"."""

    def line(self) -> str:
        return "\t".join([self.kind, *map(escape, self.arguments)])


# ---- the tables of tests/vectors ----

STATUSES = {
    "ok": "success",
    "more": "the reply is not complete yet",
    "not-a-reply": "this can never be an SMTP reply",
    "bad-code": "no SMTP server may send this code",
    "bad-enhanced": "the enhanced code does not fit the code",
    "bad-text": "the text holds a byte that no reply may have",
}


def wanted(cell: str, keep: str = "*") -> Tuple[str, ...]:
    """The answers of a cell that are right; none where nothing is asked."""
    return () if cell == keep else tuple(escape(cell_bytes(part)) for part in cell.split("/"))


def cell_bytes(cell: str) -> bytes:
    return b"" if cell == "-" else unescape(cell)


def given(**answers: Tuple[str, ...]) -> Dict[str, Tuple[str, ...]]:
    return {key: values for key, values in answers.items() if values}


def replies_of(row: Dict[str, str]) -> Iterator[Case]:
    reply = cell_bytes(row["reply"])
    statuses = tuple(STATUSES[status] for status in row["status"].split("/"))
    keys = given(status=statuses)
    if row["status"] in ("ok", "more"):
        keys.update(given(**{key: wanted(row[key]) for key in ("code", "first", "enhanced", "stage", "used")}))
        keys["stage"] = tuple("-" if stage == "unknown" else stage for stage in keys["stage"])
    yield Case("parse", (reply,), keys)
    reader = () if row["reader"] == "*" else tuple(STATUSES[status] for status in row["reader"].split("/"))
    yield Case("reader", (reply,), given(status=reader, used=wanted(row["offset"])))
    yield from texts(reply)


def texts(reply: bytes) -> Iterator[Case]:
    """What may be asked of any bytes, beside parse and reader."""
    yield Case("classify", (reply, None, None, None))
    yield Case("template", (reply,))
    yield Case("explain", (reply,))


def tables() -> Iterator[Case]:
    for row in rows("codes.tsv"):
        number, none = row["code"], row["standing"] == "-"
        digits = given(severity=(row["severity"],), category=(row["category"],))
        yield Case("digits", (number,), digits)
        yield Case("code", (number,), {"none": ()} if none else {**digits, "standing": (row["standing"],)})
        yield Case("explain", (number,), {"understood": ("0" if none else "1",)} if len(number) == 3 else {})
    for row in rows("enhanced.tsv"):
        for code in row["codes"].split(","):
            for kind, arguments in (("enhanced", (code,)), ("nearest", tuple(code.split(".")))):
                pattern = row["find" if kind == "enhanced" else kind]
                yield Case(kind, arguments, {"none": ()} if pattern == "-" else {"pattern": (pattern,)})
            yield Case("explain", (code,))
    for row in rows("replies.tsv"):
        yield from replies_of(row)
    for row in rows("classify.tsv"):
        reply, stage = unescape(row["reply"]), None if row["stage"] == "-" else row["stage"]
        keys = ("reason", "bounce", "action", "basis", "provider", "blocklist", "retry_after")
        yield Case("classify", (reply, stage, None, None), given(**{key: wanted(row[key]) for key in keys}))
        yield Case("parse", (reply,))
        yield Case("reader", (reply,))
        yield Case("template", (reply,))
        yield Case("explain", (reply,))
    for row in rows("vocabularies.tsv"):
        vocabulary, reply, back = row["vocabulary"], row["reply"], row["back"]
        term = (escape(cell_bytes(row["term"])),)
        if reply != "*":
            yield Case("as", (vocabulary, unescape(reply)), {"term": term})
        if row["reason"] != "*":
            yield Case("reason_as", (row["reason"], row["bounce"], vocabulary), {"term": term})
        if back != "*":
            yield Case("reason_of", (vocabulary, row["term"]), {"none": ()} if back == "!" else {"reason": (back,)})
    for row in rows("templates.tsv"):
        yield Case("template", (unescape(row["reply"]),), {"template": (escape(unescape(row["template"])),)})
    for row in rows("compose.tsv"):
        written = given(reply=(escape(unescape(row["reply"])),)) if row["reply"] != "-" else {}
        arguments = (row["code"], cell_bytes(row["enhanced"]), cell_bytes(row["command"]), cell_bytes(row["text"]))
        yield Case("compose", arguments, {"status": (STATUSES[row["status"]],), **written})
    for row in rows("errors.tsv"):
        message = (SOMETHING,) if row["message"] == "*" else (escape(cell_bytes(row["message"])),)
        rule = () if row["rule"] in ("-", "*") else (row["rule"],)
        yield Case("rules", (unescape(row["rules"]), cell_bytes(row["reply"])), given(message=message, rule=rule))


# ---- made here ----

CONTEXTS = (
    ("550 5.7.1 Access denied", "rcpt", "gmail-smtp-in.l.google.com", None),
    ("550 5.7.1 Access denied", "connect", None, "192.0.2.7"),
    ("554 5.7.1 192.0.2.7 is refused", None, None, "192.0.2.7"),
    ("554 5.7.1 192.0.2.7 is refused", None, None, None),
    ("421 4.7.0 try later", "end-of-data", "mx.example.org", "2001:db8::25"),
    ("550 no", "starttls", "", ""),
)


def hostile() -> Iterator[bytes]:
    """Inputs that break programs which trust what they read."""
    full = b"452 4.2.2 The mailbox is full"
    yield from (b"", b"\0", b"\0\0\0", b"-", b"\\", b"\t", b"\r", b"\n", b"\r\n", b" ", b"\xff")
    yield from (b"5", b"55", b"550", b"550-")
    yield from (full[:n] for n in range(4, len(full)))
    yield b"550 5.1.1 no\0such user\r\n"
    yield b"550 5.1.1 User unknown\0\r\n"
    yield b"\x00550 5.1.1 User unknown"
    yield b"550 5.2.2 \xff\xfe The mailbox is full \xc3"
    yield b"550 5.2.2 mailbox\xff\xfefull"
    yield b"550 5.1.1 User\xa0unknown"
    yield b"550 5.1.1 \xc0\xaf\xe0\x80\xaf user unknown"
    yield b"550 5.1.1 \xed\xa0\x80 user unknown \xf5\x80\x80\x80"
    yield b"\xef\xbb\xbf550 5.1.1 user unknown"
    yield "550 5.1.1 Empf\u00e4nger \U0001f4eb unbekannt \u2028 user unknown".encode()
    yield b"550 5.1.1 a\0b \xff user unknown"
    yield from (b"550 5.1.1 User" + bytes([b]) + b"unknown" for b in range(256))
    yield b"999999999999999999999999 x"
    yield b"550 999999999999.99999999999.9999999999 x"
    yield b"450 4.7.1 try again in 99999999999999999999 seconds"
    yield b"\r\n" * 1000
    yield b"550 " + b"a" * (1 << 20)
    yield b"mailbox full " * ((1 << 20) // 13)
    yield b"\0" * (1 << 16)
    yield b"550 " + b"\xff" * (1 << 16)
    yield b"250-x\r\n" * 69999 + b"250 x\r\n"


def vocabularies() -> Iterator[Case]:
    """Each reason with each bounce in the words of each; each word in the vocabulary of each."""
    names = dict.fromkeys(row["vocabulary"] for row in rows("vocabularies.tsv"))
    terms = dict.fromkeys(row["term"] for row in rows("vocabularies.tsv") if row["term"] != "-")
    for name in names:
        for reason in dict.fromkeys(row["reason"] for row in rows("classify.tsv") if "/" not in row["reason"]):
            if reason != "*":
                for bounce in ("none", "soft", "hard", "block", "unknown"):
                    yield Case("reason_as", (reason, bounce, name))
        for term in (*terms, "", "Permanent/", "22 "):
            yield Case("reason_of", (name, term))


def made() -> Iterator[Case]:
    yield from vocabularies()
    for number in range(-1, 700):
        yield Case("code", (number,))
    for number in (-2147483648, -550, 1000, 5500, 65536 + 550, 2147483647):
        yield Case("code", (number,), {"none": ()})
        yield Case("digits", (number,))
    for code in ("", "5", "5.1", "5.1.", "5.1.1.1", " 5.1.1", "5.1.1 ", "5.1.x", "-5.1.1", "05.01.01", "5.1.1\0"):
        yield Case("enhanced", (code,))
        yield Case("explain", (code,))
    for context in CONTEXTS:
        yield Case("classify", context)
    for reply in hostile():
        yield Case("parse", (reply,))
        yield Case("reader", (reply,))
        yield from texts(reply)


def all_cases() -> List[Case]:
    """None twice, but with expectations put together."""
    found: Dict[Any, Case] = {}
    for case in (*tables(), *made()):
        line = case.line()
        known = found.get(line)
        found[line] = case._replace(expected={**known.expected, **case.expected}) if known else case
    return list(found.values())
