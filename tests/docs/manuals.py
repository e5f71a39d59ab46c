#!/usr/bin/env python3
"""Compares the manual pages and links with what they speak of.

usage: manuals.py ROOT BUILD REFERENCE COMMAND LIBRARY -- COMPILER FLAGS...
"""

import csv
import io
import json
import re
import subprocess
import sys
from pathlib import Path

split = sys.argv.index("--")
ROOT, BUILD, REFERENCE, COMMAND, LIBRARY = sys.argv[1:split]
COMPILER = sys.argv[split + 1 :]
root = Path(ROOT)
command_page = (root / "docs/smtpcodes.1").read_text(encoding="utf-8")
library_page = (root / "docs/smtpcodes.3").read_text(encoding="utf-8")
failures = 0


def check(name: str, wrong: str) -> None:
    global failures
    failures += bool(wrong)
    print(f"not ok {name}: {wrong}" if wrong else f"ok {name}")


def output(*command: str, stdin: str = "") -> str:
    return subprocess.run(command, input=stdin, stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout


def compare(name: str, of_page: set[str], of_program: set[str], floor: int) -> None:
    wrong = []
    if of_program - of_page:
        wrong.append(f"the page lacks {sorted(of_program - of_page)}")
    if of_page - of_program:
        wrong.append(f"the page has {sorted(of_page - of_program)}, which do not exist")
    if len(of_program) < floor:
        wrong.append(f"only {len(of_program)} found, there must be {floor}: does this test still read them?")
    check(name, "; ".join(wrong))


def check_lint() -> None:
    for page in (root / "docs/smtpcodes.1", root / "docs/smtpcodes.3", Path(REFERENCE)):
        done = subprocess.run(["mandoc", "-Tlint", "-Wwarning", str(page)], stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, encoding="utf-8", check=False)
        check(f"{page.name} is clean", done.stdout or ("exit status" if done.returncode else ""))


def check_options() -> None:
    sources = "".join(p.read_text(encoding="utf-8") for p in (root / "bindings/shell").glob("*.c"))
    options = set(re.findall(r'\{"([a-z-]+)",\s*(?:no|required|optional)_argument', sources))
    options |= set(re.findall(r'strcmp\(argv\[1\], "--([a-z-]+)"\)', sources))
    compare("smtpcodes(1) has the options", set(re.findall(r"\bFl -([a-z-]+)", command_page)), options, 11)
    commands = set(re.findall(r'\{"([a-z]+)", [a-z]+_main\}', sources))
    compare("smtpcodes(1) has the subcommands", set(re.findall(r"^\.Nm\n\.Cm (\w+)$", command_page, re.M)), commands, 3)


def check_keys() -> None:
    keys = set(json.loads(output(COMMAND, "classify", "--format", "jsonl", "550")))
    section = command_page.split(".Ss Keys of a verdict\n")[1].split(".Sh ")[0]
    compare("smtpcodes(1) has the keys", set(re.findall(r"^\.It Cm (\w+)$", section, re.M)), keys, 15)
    table = (root / "README.md").read_text(encoding="utf-8").split("## What a verdict says")[1].split("\n## ")[0]
    first_cells = " ".join(re.findall(r"^\| (`.*?) \|", table, re.M))
    compare("README.md has the keys", set(re.findall(r"`(\w+)`", first_cells)), keys, 15)


def check_functions() -> None:
    symbols = output("nm", "-D", "--defined-only", "--format=posix", LIBRARY)
    exported = set(re.findall(r"^(smtpcodes_\w+) T ", symbols, re.M))
    synopsis, rest = library_page.split(".Sh DESCRIPTION\n")
    compare("smtpcodes(3) has the functions", set(re.findall(r"^\.Fn (\w+)", synopsis, re.M)), exported, 90)
    check("smtpcodes(3) speaks of no other functions", " ".join(set(re.findall(r"^\.Fn (\w+)", rest, re.M)) - exported))
    prototypes = []
    for returns, name, quoted in re.findall(r'^\.Ft "(.*)"\n\.Fn (\w+) (.*)$', synopsis, re.M):
        arguments = ", ".join(re.findall(r'"(.*?)"', quoted))
        prototypes.append(f"{returns} {name}({arguments});\n")
    compiled = subprocess.run([*COMPILER, "-fsyntax-only", "-x", "c", "-"], stderr=subprocess.PIPE, encoding="utf-8",
                              input="#include <smtpcodes.h>\n" + "".join(prototypes), check=False)
    check(f"smtpcodes(3) has {len(prototypes)} prototypes as in the header",
          compiled.stderr if compiled.returncode else "" if len(prototypes) == len(exported) else "not all of them")


def rows(table: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(output(COMMAND, "list", "--format", "csv", table))))


def squeeze(text: str) -> str:
    """Without white space: lines break at hyphens too."""
    return "".join(text.split())


def check_reference() -> None:
    """Every row's texts are in the page as a reader sees it: a lost line or a wrong escape shows here."""
    page = squeeze(re.sub(".\b", "", output("mandoc", "-Tutf8", REFERENCE)))
    tables = {"codes": ("code", "title", "explanation", "reference"),
              "enhanced": ("enhanced", "title", "explanation", "reference"),
              "reasons": ("reason", "title", "explanation", "advice"),
              "blocklists": ("blocklist", "title", "delisting"),
              "vocabularies": ("vocabulary", "title", "field", "source"),
              "terms": ("term", "meaning", "reason")}
    for table, columns in tables.items():
        found = rows(table)
        lost = [f"{row[columns[0]]}: {row[c]}" for row in found for c in columns if squeeze(row[c]) not in page]
        check(f"smtpcodes-codes(7) has {len(found)} rows of {table}", "; ".join(lost) if found else "none")
        if table in ("codes", "enhanced", "reasons"):
            lost = [row[columns[0]] for row in found if squeeze(row[columns[0]] + row["title"]) not in page]
            check(f"smtpcodes-codes(7) heads the rows of {table}", " ".join(lost))


def check_paths() -> None:
    """Links inside the project, and paths in running text, lead somewhere."""
    links = paths = 0
    lost = []
    for document in sorted([*root.glob("*.md"), *root.glob("docs/*.md")]):
        text = re.sub(r"^```.*?^```", "", document.read_text(encoding="utf-8"), flags=re.M | re.S)
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
            if "://" not in target:
                links += 1
                if not (document.parent / target).exists():
                    lost.append(f"{document.name}: ({target})")
        for path in re.findall(r"`((?:core|bindings|docs|examples|tests)/[\w./-]+)`", text):
            paths += 1
            if not (root / path).exists() and not (Path(BUILD) / path).exists():
                lost.append(f"{document.name}: `{path}`")
    check(f"{links} links and {paths} paths of the documents exist", ", ".join(lost))
    check("links and paths are found", "" if links >= 10 and paths >= 10 else "too few")


check_lint()
check_options()
check_keys()
check_functions()
check_reference()
check_paths()
print(f"{failures} failed")
sys.exit(failures > 0)
