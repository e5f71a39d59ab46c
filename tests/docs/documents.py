"""Reads the documents: literal blocks of Markdown and mdoc, and the tables marked for tests."""

import re
from pathlib import Path
from typing import Iterator, NamedTuple


class Block(NamedTuple):
    where: str  # "file:line"
    kind: str  # the word behind the fence: console, c, text, sh, cmake, tsv; "" where there is none
    argument: str
    text: str


# What mdoc escapes stand for in literal text.
ESCAPES = {r"\e": "\\", r"\&": "", r"\-": "-", r"\(aq": "'", r"\(dq": '"', r"\(ti": "~", r"\(ha": "^", r"\(ga": "`"}


def unescape(text: str) -> str:
    return re.sub(r"\\(?:\(..|.)", lambda m: ESCAPES[m.group()], text)


def markdown_blocks(path: Path) -> Iterator[Block]:
    start, head, lines = 0, [""], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        fence = re.fullmatch(r"```(.*)", line)
        if not fence:
            lines.append(line)
        elif not start:
            start, head, lines = number, (fence[1].split() + ["", ""])[:2], []
        else:
            yield Block(f"{path.name}:{start}", head[0], head[1], "".join(f"{x}\n" for x in lines))
            start = 0
    if start:
        raise SystemExit(f"{path.name}:{start}: the block has no end")


def mdoc_blocks(path: Path) -> Iterator[Block]:
    start, lines = 0, []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.startswith(".Bd -literal"):
            start, lines = number, []
        elif line == ".Ed" and start:
            text = "".join(f"{unescape(x)}\n" for x in lines)
            kind = "console" if text.startswith("$ ") else "c" if "int main(" in text else "text"
            yield Block(f"{path.name}:{start}", kind, "", text)
            start = 0
        else:
            lines.append(line)


def blocks(path: Path) -> Iterator[Block]:
    return markdown_blocks(path) if path.suffix == ".md" else mdoc_blocks(path)


def marked_table(path: Path, mark: str) -> list[tuple[str, list[str]]]:
    """The rows of the Markdown tables below <!-- mark -->, without their head: where, cells."""
    rows, inside = [], False
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line == f"<!-- {mark} -->":
            inside = True
        elif inside and line.startswith("|"):
            cells = [c.strip().replace(r"\|", "|") for c in re.split(r"(?<!\\)\|", line)[1:-1]]
            rows.append((f"{path.name}:{number}", cells))
        else:
            inside = False
    return rows[2:]
