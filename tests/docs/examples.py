#!/usr/bin/env python3
"""Runs every example of the documents and compares what comes out.

usage: examples.py ROOT BUILD PATH FLOOR PHRASES LIBRARY -- COMPILER FLAGS...

PATH is put before the search path, and must lead to smtpcodes and mktables. The run fails below FLOOR examples:
a reader of documents that finds nothing must not pass for one that finds nothing wrong.
"""

import collections
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from documents import Block, blocks, marked_table

split = sys.argv.index("--")
ROOT, BUILD, SEARCH, FLOOR, PHRASES, LIBRARY = sys.argv[1:split]
COMPILER = sys.argv[split + 1 :]
ENVIRONMENT = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
ENVIRONMENT.update(PATH=f"{SEARCH}:{os.environ['PATH']}", LC_ALL="C.UTF-8", TERM="dumb")

root = Path(ROOT)
count: collections.Counter = collections.Counter()
failures = 0


def report(where: str, kind: str, wrong: str) -> None:
    """One example is done; `wrong` says what was wrong with it, or is empty."""
    global failures
    count[kind] += 1
    if wrong:
        failures += 1
        print(f"{where}: {kind}: {wrong}")


def run(command: list[str], cwd: Path = root, stdin: str = "") -> tuple[int, str]:
    done = subprocess.run(
        command, cwd=cwd, env=ENVIRONMENT, input=stdin.encode(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        timeout=120, check=False)
    return done.returncode, done.stdout.decode("utf-8", "replace")


# A confidence is measured anew with every change of rules or examples: a document shows that there is one and where it
# stands, which one is no promise of it.
CONFIDENCE = re.compile(r'("confidence":\s*|\bright\s+in\s+)(?:100|\d{1,2})(?=[,}]|\s+of\s+100\b)')


def difference(expected: str, got: str) -> str:
    """Empty if they are equal. "..." alone on a line of `expected` stands for any lines, "…" in one for any characters,
    and a confidence for any other."""
    expected, got = (CONFIDENCE.sub(r"\1NN", text) for text in (expected, got))
    pattern = "".join(
        r"(?:.*\n)*?" if x == "..." else ".*".join(map(re.escape, x.split("…"))) + "\n" for x in expected.splitlines())
    if re.fullmatch(pattern, got):
        return ""
    return f"other output\n--- expected\n{expected}--- came\n{got}---"


def check_console(block: Block) -> None:
    commands: list[list[str]] = []
    for line in block.text.splitlines():
        if line.startswith("$ "):
            commands.append([line[2:], ""])
        elif not commands:
            report(block.where, "console", "begins without a command")
            return
        elif line.startswith("> ") and not commands[-1][1]:
            commands[-1][0] += "\n" + line[2:]
        else:
            commands[-1][1] += line + "\n"
    for command, expected in commands:
        wrong = difference(expected, run(["bash", "-c", command])[1])
        report(block.where, "console", wrong and f"$ {command}: {wrong}")


def check_c(block: Block, expected: str, folder: Path) -> None:
    source, program = folder / "example.c", folder / "example"
    source.write_text(block.text)
    status, out = run([*COMPILER, "-Wall", "-Werror", "-o", str(program), str(source), LIBRARY,
                       f"-Wl,-rpath,{Path(LIBRARY).parent}"])
    if status == 0:
        status, out = run([str(program)])
        report(block.where, "c", f"exit status {status}" if status else difference(expected, out))
    else:
        report(block.where, "c", f"does not compile\n{out}")


def check_cmake(block: Block, program: Block, expected: str, folder: Path) -> None:
    """Against an installed copy, with the C program before it as the source that the snippet names."""
    prefix, user = folder / "prefix", folder / "user"
    user.mkdir()
    (user / "why.c").write_text(program.text)
    (user / "CMakeLists.txt").write_text(f"cmake_minimum_required(VERSION 3.20)\nproject(user C)\n{block.text}")
    flags = " ".join(x for x in COMPILER if x.startswith("-fsanitize"))
    for command in (["cmake", "--install", BUILD, "--prefix", str(prefix)],
                    ["cmake", "-S", str(user), "-B", str(user / "build"), f"-DCMAKE_PREFIX_PATH={prefix}",
                     f"-DCMAKE_C_COMPILER={COMPILER[0]}", f"-DCMAKE_C_FLAGS={flags}"],
                    ["cmake", "--build", str(user / "build")]):
        status, out = run(command)
        if status:
            report(block.where, "cmake", f"{command}: {out}")
            return
    report(block.where, "cmake", difference(expected, run([str(user / "build" / "why")])[1]))


def check_tsv(block: Block, folder: Path) -> None:
    """The rows are put into a copy of the table, where the generator must take them."""
    data, out = folder / "data", folder / "out"
    for f in (data, out, out / "smtpcodes"):
        f.mkdir(exist_ok=True)
    for table in (root / "core/data").glob("*.tsv"):
        (data / table.name).write_bytes(table.read_bytes())
    table = data / block.argument
    if not table.exists():
        report(block.where, "tsv", f"no table {block.argument}")
        return
    rows = table.read_text(encoding="utf-8").splitlines(keepends=True)
    for row in block.text.splitlines(keepends=True):
        at = len(rows)
        if block.argument == "codes.tsv":  # ascending; elsewhere rows are appended
            at = next((i for i, x in enumerate(rows) if x[:3].isdigit() and x[:3] > row[:3]), at)
        rows.insert(at, row)
    table.write_text("".join(rows), encoding="utf-8")
    if block.argument == "reasons.tsv":  # the text says that every vocabulary needs a term, or "-"
        names = " ".join(row.split("\t")[1] for row in block.text.splitlines())
        terms = data / "terms.tsv"
        terms.write_text(re.sub(r"^(\w+\t-\t)", rf"\1{names} ", terms.read_text(encoding="utf-8"), flags=re.M),
                         encoding="utf-8")
    status, message = run(["mktables", str(data), str(out)])
    report(block.where, "tsv", f"exit status {status}: {message}" if status or message else "")


def check_document(path: Path) -> None:
    found = list(blocks(path))
    program, output = None, ""
    for i, block in enumerate(found):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            if block.kind == "console":
                check_console(block)
            elif block.kind == "sh":
                status, out = run(["bash", "-n"], stdin=block.text)
                report(block.where, "sh", out if status else "")
            elif block.kind == "c":
                if i + 1 == len(found) or found[i + 1].kind != "text" or "int main(" not in block.text:
                    report(block.where, "c", "must have a main() and a block with its output behind it")
                    continue
                program, output = block, found[i + 1].text
                check_c(block, output, folder)
            elif block.kind == "cmake" and program:
                check_cmake(block, program, output, folder)
            elif block.kind == "tsv":
                check_tsv(block, folder)
            elif block.kind in ("pycon", "lua") and path.name == "README.md":
                pass  # run where there is an interpreter: tests/python/test_readme.py, tests/lua/run
            elif block.kind not in ("", "text") or re.search(r"^\$ ", block.text, re.M):
                report(block.where, block.kind, "nothing is known about blocks of this kind")


def check_phrases(path: Path) -> None:
    cases = []
    for where, cells in marked_table(path, "phrases"):
        phrase, hit, miss = cells[0].strip("`"), cells[1], cells[2]
        cases += [(where, phrase, hit, "1"), (where, phrase, miss, "0")]
    status, out = run([PHRASES, "core/data/words.tsv"], stdin="".join(f"{p}\t{t}\n" for _, p, t, _ in cases))
    answers = out.split()
    if status or len(answers) != len(cases):
        report(str(path), "phrase", f"exit status {status}: {out}")
        return
    for (where, phrase, text, wanted), answer in zip(cases, answers):
        wrong = "" if answer == wanted else f'"{phrase}" is {"" if answer == "1" else "not "}found in "{text}"'
        report(where, "phrase", wrong)


def main() -> int:
    documents = sorted([*root.glob("*.md"), *root.glob("docs/*.md"), *root.glob("docs/*.[1-9]")])
    for path in documents:
        check_document(path)
    check_phrases(root / "docs/rules.md")
    total = sum(count.values())
    kinds = ", ".join(f"{n} {kind or 'unnamed'}" for kind, n in sorted(count.items()))
    print(f"{total} examples in {len(documents)} documents: {kinds}; {failures} failed")
    if total < int(FLOOR):
        print(f"there must be {FLOOR} at least: are they still found?")
        return 1
    return 1 if failures else 0


sys.exit(main())
