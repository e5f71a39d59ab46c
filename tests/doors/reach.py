"""Is all of the C API reachable? reach.py PREFIX < what the doors have

PREFIX is where the library is installed. A line of standard input is a door, a name in it, "function" or its number,
with tabs between. Each function that the shared library exports, and each enumerator of the headers, is there under its
name without the prefix, with its value, or is listed in left_out.tsv; what is listed is absent there, and exists in C.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Dict, List, Tuple


def output(*command: str) -> str:
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode()


def functions(prefix: Path) -> List[str]:
    symbols = output("nm", "-D", "--defined-only", str(prefix / "lib/libsmtpcodes.so"))
    return re.findall(r" T (smtpcodes_\w+)", symbols)


def enumerators(prefix: Path) -> Dict[str, int]:
    """Of every enum that the headers define, as the compiler sees them."""
    include = ["-I", str(prefix / "include"), "-include", "smtpcodes.h"]
    text = output("gcc", "-E", "-P", *include, "-x", "c", "/dev/null")
    bodies = re.findall(r"enum\s+smtpcodes_\w+\s*\{([^}]*)\}", text)
    names = re.findall(r"SMTPCODES_\w+", " ".join(bodies))
    with tempfile.TemporaryDirectory() as folder:
        source, program = Path(folder) / "values.c", Path(folder) / "values"
        lines = "".join(f'printf("{name} %ld\\n", (long){name});' for name in names)
        source.write_text(f"#include <stdio.h>\nint main(void) {{ {lines} return 0; }}")
        output("gcc", *include, "-o", str(program), str(source))
        return {name: int(value) for name, value in map(str.split, output(str(program)).splitlines())}


def main() -> int:
    prefix = Path(sys.argv[1])
    wanted: Dict[str, str] = dict.fromkeys(functions(prefix), "function")
    wanted.update({name: str(value) for name, value in enumerators(prefix).items()})
    doors: Dict[str, Dict[str, str]] = {}
    for line in sys.stdin:
        door, name, value = line.rstrip("\n").split("\t")
        doors.setdefault(door, {})[name] = value
    left_out: Dict[Tuple[str, str], str] = {}
    for line in (Path(__file__).parent / "left_out.tsv").read_text().splitlines():
        if not line.startswith("#"):
            name, door, reason = line.split("\t")
            left_out[name, door] = reason

    wrong = [f"left_out.tsv: {name}: C has no such name" for name, _ in left_out if name not in wanted]
    wrong += [f"left_out.tsv: {name}: no door {door}" for name, door in left_out if door not in doors]
    for door, there in doors.items():
        missing = 0
        for name, value in wanted.items():
            got = there.get(re.sub("^(smtpcodes|SMTPCODES)_", "", name))
            if (name, door) in left_out:
                missing += 1
                if got is not None:
                    wrong.append(f"{door}: {name} is listed in left_out.tsv, and is there")
            elif got != value:
                wrong.append(f"{door}: {name} is {got or 'not there'}, not {value}")
        count = sum(value == "function" for value in wanted.values())
        print(f"{door}: {count} functions and {len(wanted) - count} enumerators of C, {missing} left out by intent")
    print("\n".join(wrong[:20]) or "All of the C API is reachable.")
    if not doors or not any(value != "function" for value in wanted.values()) or len(wanted) < 100:
        print("The headers, the library or the doors could not be read.")
        return 1
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
