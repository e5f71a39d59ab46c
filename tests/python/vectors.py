"""The cases of tests/vectors, which all languages share."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict, List

FOLDER = Path(__file__).parent.parent / "vectors"
_SINGLE = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"0": b"\0", b"\\": b"\\"}


def unescape(cell: str) -> bytes:
    def byte(found: "re.Match[bytes]") -> bytes:
        return bytes([int(found[1], 16)]) if found[1] else _SINGLE[found[2]]

    return re.sub(rb"\\(?:x([0-9A-Fa-f]{2})|(.))", byte, cell.encode())


def rows(name: str) -> List[Any]:
    """The rows as dicts by column name: the names are in the first comment that has tabs."""
    columns: List[str] = []
    result: List[Dict[str, str]] = []
    for line in (FOLDER / name).read_text(encoding="utf-8").split("\n"):
        if line.startswith("#"):
            if not columns and "\t" in line:
                columns = line[1:].strip().split("\t")
        elif line:
            cells = line.split("\t")
            assert len(cells) == len(columns), f"{name}: {line}"
            result.append(dict(zip(columns, cells)))
    assert result, f"{name} has no rows"
    return result
