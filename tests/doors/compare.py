"""Puts the cases through every door and compares the answers: compare.py FOLDER < doors

A line of standard input is a door: its name, a tab, its kind in not_offered.tsv ("-" for a door that answers all), a
tab, its command. The first is what the others are held against. FOLDER gets requests and answers. Each door is asked in
a folder of its own.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections import Counter, defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Dict, Iterator, List, NamedTuple, Optional, Set

from cases import SOMETHING, Case, all_cases, escape
from vectors import unescape

Answer = Optional[Dict[str, str]]
SHOWN = 10
VECTORS = "vectors"
"""the column of what the tables of tests/vectors expect of the first door"""


class Door(NamedTuple):
    name: str
    sort: str
    command: List[str]


def read_answer(line: str, kind: str) -> Answer:
    """None where the door does not answer this kind."""
    first, *cells = line.split("\t")
    if first != kind:
        raise ValueError(f"an answer to {kind} is wanted, not {line[:100]!r}")
    if cells == ["none"]:
        return {"none": ""}
    return {key: value for key, _, value in (cell.partition("=") for cell in cells)} or None


def ask(door: Door, folder: Path, cases: List[Case]) -> List[Answer]:
    home = folder / door.name.replace(" ", "-")
    home.mkdir(exist_ok=True)
    path = home / "answers.tsv"
    with open(folder / "requests.tsv", "rb") as requests, open(path, "wb") as answers:
        status = subprocess.run(door.command, stdin=requests, stdout=answers, cwd=home, check=False).returncode
    lines = path.read_text("ascii").split("\n")[:-1]
    if status or len(lines) != len(cases):
        raise ValueError(f"status {status}, {len(lines)} answers to {len(cases)} requests")
    return [read_answer(line, case.kind) for line, case in zip(lines, cases)]


def as_utf8(value: str) -> str:
    """As a door shows it that can show text only: bytes that are no UTF-8 become U+FFFD."""
    text = unescape(value).decode("utf-8", "surrogateescape")
    return escape(re.sub("[\udc80-\udcff]", "\ufffd", text))


def expected(case: Case, answer: Answer) -> Iterator[str]:
    """What the tables expect, and the answer has not."""
    assert answer is not None
    for key, values in case.expected.items():
        got = answer.get(key)
        if (got in (None, "-")) if values == (SOMETHING,) else got is None if key == "none" else got not in values:
            yield f"{key}: {got}, not {' or '.join(values)}"


def differences(case: Case, first: Answer, other: Answer, door: Door, left_out: Set[str]) -> Iterator[str]:
    assert first is not None and other is not None
    for key in dict.fromkeys([*first, *other]):
        if f"{case.kind}.{key}" in left_out:
            if key in other:
                yield f"{key}: not_offered.tsv says that it is not offered"
            continue
        one, two = first.get(key), other.get(key)
        if one != two and not (door.sort == "command" and one is not None and as_utf8(one) == two):
            yield f"{key}: {two}, not {one}"


def short(text: str, room: int = 160) -> str:
    return text if len(text) <= room else f"{text[: room - 30]}... ({len(text)} characters)"


def main() -> int:
    folder = Path(sys.argv[1]).resolve()
    cases = all_cases()
    (folder / "requests.tsv").write_text("".join(case.line() + "\n" for case in cases), "ascii")
    doors = []
    for line in sys.stdin:
        name, sort, command = line.rstrip("\n").split("\t")
        doors.append(Door(name, sort, shlex.split(command)))
    left_out: Dict[str, Set[str]] = defaultdict(set)
    for line in (Path(__file__).parent / "not_offered.tsv").read_text().splitlines():
        if not line.startswith("#"):
            sort, what, _ = line.split("\t")
            left_out[sort].add(what)

    kinds = list(dict.fromkeys(case.kind for case in cases))
    total = Counter(case.kind for case in cases)
    compared: Counter[tuple[str, str]] = Counter()
    wrong: Counter[tuple[str, str]] = Counter()
    notes: List[str] = []

    def differs(name: str, case: Case, found: List[str]) -> None:
        compared[name, case.kind] += 1
        if found:
            wrong[name, case.kind] += 1
            if wrong[name, case.kind] <= 3:
                notes.append(f"{name}: {short(case.line())}\n" + "".join(f"    {short(one)}\n" for one in found[:3]))

    first: List[Answer] = []
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for door, future in [(door, pool.submit(ask, door, folder, cases)) for door in doors]:
            try:
                answers = future.result()
            except (ValueError, OSError) as error:
                if not first:
                    sys.exit(f"{door.name}: {error}")
                notes.append(f"{door.name}: {error}\n")
                wrong[door.name, "*"] += 1
                continue
            if not first:
                first = answers
                assert all(answer is not None for answer in first)
                known = {f"{case.kind}.{key}" for case, answer in zip(cases, answers) for key in answer or ()}
                for what in sorted(set().union(*left_out.values()) - known - set(kinds)):
                    notes.append(f"not_offered.tsv: there is no {what}\n")
                    wrong[VECTORS, "*"] += 1
                for case, answer in zip(cases, answers):
                    if case.expected:
                        differs(VECTORS, case, list(expected(case, answer)))
            for case, one, answer in zip(cases, first, answers):
                listed = case.kind in left_out[door.sort]
                if answer is None:
                    if not listed:
                        differs(door.name, case, ["no answer"])
                elif listed:
                    differs(door.name, case, ["not_offered.tsv says that this is not offered"])
                else:
                    differs(door.name, case, list(differences(case, one, answer, door, left_out[door.sort])))

    names = [VECTORS, *(door.name for door in doors)]

    def cell(name: str, kind: str) -> str:
        if wrong[name, kind]:
            return f"{wrong[name, kind]} bad"
        if wrong[name, "*"]:
            return "failed"
        return str(compared[name, kind]) if compared[name, kind] else "-"

    width = max(map(len, names)) + 2
    print("Cases by kind, and how many each door answered alike; - is not asked, or not offered (not_offered.tsv)\n")
    print("kind".ljust(10) + "cases".rjust(7) + "".join(name.rjust(width) for name in names))
    for kind in kinds:
        print(kind.ljust(10) + str(total[kind]).rjust(7) + "".join(cell(name, kind).rjust(width) for name in names))
    against = sum(count for (name, _), count in compared.items() if name not in names[:2])
    met = sum(count for (name, _), count in compared.items() if name == VECTORS)
    print(
        f"\n{len(cases)} cases, {len(doors)} doors: {against} answers held against those of {names[1]}, and "
        f"{met} of {names[1]} against tests/vectors: {sum(wrong.values())} differences"
    )
    for note in notes[:SHOWN]:
        print(f"\n{note}", end="")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
