"""Answers the requests of cases.py through the command smtpcodes: door_command.py COMMAND.

Verdicts are asked for in one go for each context. A JSON text holds no bytes that are no UTF-8, so replies with such
are given as records that NUL ends, and those with NUL too as lines.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import Any, Dict, List, Optional, Tuple

from cases import answer_line, requests

COMMAND = sys.argv[1]
VERDICT = "code enhanced severity category reason side action bounce basis confidence rule evidence provider".split()
VERDICT += ["blocklist", "retry_after"]


def run(*arguments: str, given: bytes = b"", statuses: Tuple[int, ...] = (0,)) -> "subprocess.CompletedProcess[bytes]":
    done = subprocess.run([COMMAND, *arguments], input=given, capture_output=True, check=False)
    if done.returncode not in statuses or done.stderr:
        sys.exit(f"smtpcodes {' '.join(arguments)}: status {done.returncode}, {done.stderr.decode()}")
    return done


def way_in(reply: bytes) -> str:
    try:
        reply.decode("utf-8")
        return "jsonl"
    except UnicodeDecodeError:
        return "nul" if b"\0" not in reply else "lines"


def record(way: str, reply: bytes) -> bytes:
    if way == "jsonl":
        return json.dumps({"text": reply.decode()}, ensure_ascii=False).encode() + b"\n"
    assert way == "nul" or b"\n" not in reply
    return reply + (b"\0" if way == "nul" else b"\n")


def verdicts(asked: List[Tuple[bytes, ...]]) -> Dict[Tuple[bytes, ...], Any]:
    groups: Dict[Any, List[Tuple[bytes, ...]]] = defaultdict(list)
    for arguments in asked:
        groups[(way_in(arguments[0]), *arguments[1:])].append(arguments)
    answers = {}
    for (way, *context), members in groups.items():
        named = zip(("stage", "receiver", "client"), context)
        options = [f"--{name}={value.decode()}" for name, value in named if value]
        given = b"".join(record(way, arguments[0]) for arguments in members)
        out = run("classify", "--input", way, "--format", "jsonl", *options, given=given).stdout.splitlines()
        assert len(out) == len(members)
        for arguments, line in zip(members, out):
            verdict = json.loads(line)
            answers[arguments] = {key: verdict[key] for key in VERDICT}
    return answers


def explain(query: bytes) -> Dict[str, Any]:
    done = run("explain", "--color=never", given=query, statuses=(0, 1))
    return {"page": done.stdout, "understood": 1 - done.returncode}


def term(vocabulary: bytes, reply: bytes) -> Dict[str, Any]:
    given = record(way_in(reply), reply)
    options = ("--as", vocabulary.decode(), "--input", way_in(reply), "--format", "jsonl")
    return {"term": json.loads(run("classify", *options, given=given).stdout)["term"]}


def rules(text: bytes, reply: bytes) -> Dict[str, Any]:
    """The command loads rules from files only: the folder that it runs in is its own."""
    Path("rules.tsv").write_bytes(text)
    way = way_in(reply)
    options = ["--rules", "rules.tsv", "--input", way, "--format", "jsonl"]
    given = record(way, reply)
    done = subprocess.run([COMMAND, "classify", *options], input=given, capture_output=True, check=False)
    if done.returncode == 2:
        return {"message": done.stderr[len("smtpcodes: ") :].rstrip(b"\n")}
    verdict = json.loads(done.stdout)
    return {
        "message": None,
        "findings": run("rules", "check", "rules.tsv", statuses=(0, 1)).stdout,
        "version": verdict["rules_version"],
        "unknown": int(run("classify", "--unknown", *options, given=given).stdout != b""),
        **{key: verdict[key] for key in VERDICT},
    }


def code(row: Optional[Dict[str, Any]]) -> Optional[Dict[str, Any]]:
    return row and {**row, "commands": (row["commands"] or "").replace(" ", ",")}


def main() -> None:
    asked = list(requests())
    given = verdicts([tuple(arguments) for kind, arguments in asked if kind == "classify"])
    codes = {row["code"]: row for row in json.loads(run("list", "codes", "--format", "json").stdout)}
    terms = {(row["vocabulary"], row["term"]): row for row in json.loads(run("list", "terms", "--format", "json").stdout)}
    for kind, arguments in asked:
        if kind == "as":
            line = answer_line(kind, term(*arguments))
        elif kind == "reason_of":
            row = terms.get((arguments[0].decode(), arguments[1].decode()))
            line = answer_line(kind, row and {"reason": row["reason"]})
        elif kind == "classify":
            line = answer_line(kind, given[tuple(arguments)])
        elif kind == "rules":
            line = answer_line(kind, rules(arguments[0], arguments[1]))
        elif kind == "explain":
            line = answer_line(kind, explain(arguments[0]))
        elif kind == "code":
            line = answer_line(kind, code(codes.get(int(arguments[0]))))
        else:
            line = kind
        print(line)


main()
