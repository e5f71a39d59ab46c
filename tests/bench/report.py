"""The figures that tests/bench/run gathered, as tables and bars for people, and as JSON for programs.

    python tests/bench/report.py FIGURES [JSON]

A figure is a line: key, value, and perhaps a ratio, with tabs between.
"""

import json
import sys
from pathlib import Path
from typing import Dict, List, NamedTuple, Optional, Tuple, Union

Value = Union[float, str]


class Bar(NamedTuple):
    title: str
    value: float
    unit: str
    comparison: str
    bound: float
    met: bool


class Figures:
    def __init__(self, path: Path) -> None:
        self.values: Dict[str, Value] = {}
        self.ratios: Dict[str, float] = {}
        for line in path.read_text(encoding="utf-8").splitlines():
            key, value, *ratio = line.split("\t")
            try:
                self.values[key] = float(value)
            except ValueError:
                self.values[key] = value
            if ratio:
                self.ratios[key] = float(ratio[0])

    def number(self, key: str) -> float:
        value = self.values[key]
        if not isinstance(value, float):
            raise ValueError(f"{key} is no number: {value}")
        return value

    def ratio(self, key: str) -> float:
        return self.ratios[key]

    def has(self, key: str) -> bool:
        return key in self.values


SETS = {
    "short": "short",
    "mix": "mix",
    "typical": "typical",
    "hot": "64 typical",
    "long": "long",
    "lines": "several lines",
}
WAYS = {
    "classify": "classify",
    "classify_with_context": "classify, with a context",
    "parse": "parse",
    "reader": "reader, 16 bytes at a time",
    "template": "template",
    "hash": "hashing the bytes, one multiplication each",
    "byte_automaton": "byte automaton, full table",
    "hyperscan": "Hyperscan, the rules' phrases",
    "hyperscan_literals": "Hyperscan, the other literals",
    "pcre2": "PCRE2 with JIT, an alternation a reason",
}
LUAS = ["5.1", "jit", "5.2", "5.3", "5.4"]


def heading(text: str) -> None:
    print(f"\n{text}\n{'-' * len(text)}")


def replies(f: Figures) -> None:
    heading("A reply, in nanoseconds; behind it how many times as long as classify")
    print(f"{'':44}" + "".join(f"{title:>20}" for title in SETS.values()))
    for key, unit in (("replies", "replies"), ("bytes", "bytes each")):
        print(f"{unit:44}" + "".join(f"{f.number(f'{name}.{key}'):>13.0f}{'':7}" for name in SETS))
    for way, title in WAYS.items():
        cells = [f"{name}.{way}" for name in SETS]
        if any(f.has(cell) for cell in cells):
            print(
                f"{title:44}"
                + "".join(
                    f"{f.number(cell):>11.0f} {f.ratio(cell):>6.2f} x" if f.has(cell) else f"{'-':>13}{'':7}"
                    for cell in cells
                )
            )
    print("\nOne call with cold caches (32 MB of other work before each), nanoseconds:")
    for way in ("classify", "parse", "hyperscan", "byte_automaton"):
        print(f"{WAYS[way]:44}{f.number(f'cold.{way}'):>11.0f} {f.ratio(f'cold.{way}'):>6.2f} x")
    print(
        f"\nPhrases: {f.number('phrases.count'):.0f} of {f.number('phrases.bytes'):.0f} bytes, multiplied out of the"
        f" rules; {f.number('phrases.left_out'):.0f} are no literals and left out for the others."
        f" PCRE2 has {f.number('phrases.patterns'):.0f} patterns."
        f"\nFound in a reply of the mix: {f.number('found.phrases'):.2f} phrases;"
        f" {f.number('found.patterns'):.2f} patterns match."
    )
    if f.has("literals.count"):
        print(f"Other literals: {f.number('literals.count'):.0f} of {f.number('literals.bytes'):.0f} bytes.")


def hostile(f: Figures) -> Tuple[str, float]:
    heading("Hostile replies of 1 MB: nanoseconds a byte; how many times a typical reply's byte")
    keys = sorted((key for key in f.ratios if key.startswith("hostile.")), key=f.ratio, reverse=True)
    for key in keys:
        print(f"{key.split('.', 1)[1]:44}{f.number(key):>11.2f} {f.ratio(key):>6.2f} x")
    print(f"{'100 MB beside 1 MB, a byte':44}{'':11} {f.number('linear.100MB'):>6.2f} x")
    return keys[0].split(".", 1)[1], f.ratio(keys[0])


def rest(f: Figures) -> None:
    heading("Look-ups, loading, start-up, sizes")
    print(
        f"{'look-up of a code':44}{f.number('lookup.code'):>11.2f} ns"
        f" (a call that does nothing: {f.number('lookup.call'):.2f})"
    )
    print(f"{'look-up of an enhanced code':44}{f.number('lookup.enhanced'):>11.2f} ns")
    for key in ("load_hundred", "load_builtin"):
        print(f"{'loading %.0f rules' % f.number(key + '.rules'):44}{f.number(key + '.ms'):>11.1f} ms")
    print(
        f"{'smtpcodes explain 550, a process':44}{f.number('start.processor'):>11.2f} ms of processor,"
        f" {f.number('start.wall'):.2f} by the clock, {f.number('start.peak') / 1024:.1f} MB at its peak"
    )
    print(f"{'static library':44}{f.number('size.static') / 1e6:>11.2f} MB")
    print(f"{'shared library':44}{f.number('size.shared') / 1e6:>11.2f} MB")
    print(f"{'tables that need relocations':44}{f.number('size.tables_relocated'):>11.0f} bytes")
    print(f"{'all that needs relocations':44}{f.number('size.library_relocated'):>11.0f} bytes")
    print(f"{'constructors':44}{f.number('size.constructors'):>11.0f} bytes")
    print(f"{'Hyperscan: database':44}{f.number('size.hyperscan') / 1e6:>11.2f} MB")
    print(f"{'byte automaton: table':44}{f.number('size.byte_automaton') / 1e6:>11.2f} MB")

    heading("The command: typical replies with a queue id each, output to a file")
    print(f"{'':44}{'MB/s':>11}{'replies/s':>12}{'MB/s of processor':>20}{'peak MB':>10}")
    for key, title in command_rows(f):
        wall, processor = f.number(f"{key}.wall_least") / 1e3, f.number(f"{key}.processor") / 1e3
        megabytes = f.number("command.bytes") / 1e6
        print(
            f"{title:44}{megabytes / wall:>11.1f}{f.number('command.replies') / wall:>12.0f}"
            f"{megabytes / processor:>20.1f}{f.number(f'{key}.peak') / 1024:>10.1f}"
        )

    heading("Python and Lua: a typical reply, nanoseconds")
    print(f"Python {f.values['python.version']}")
    for key in ("classify", "classify_bytes", "classify_many", "attribute", "re"):
        title = {"re": "Python's re, the patterns of PCRE2"}.get(key, key)
        print(f"{title:44}{f.number(f'python.{key}'):>11.0f} {f.ratio(f'python.{key}'):>6.2f} x")
    for lua in LUAS:
        print(f"{'Lua' + ('JIT' if lua == 'jit' else ' ' + lua) + ', classify':44}{f.number(f'lua.{lua}'):>11.0f}")


def command_rows(f: Figures) -> List[Tuple[str, str]]:
    rows = []
    for form in ("jsonl", "csv"):
        rows.append((f"command.{form}", f"--format {form}"))
        if f.has(f"command.{form}.2.wall"):
            rows.append((f"command.{form}.2", f"--format {form} --jobs 2"))
    return rows


def bars(f: Figures, worst: Tuple[str, float]) -> List[Bar]:
    made: List[Bar] = []

    def at_least(title: str, value: float, bound: float, unit: str = "x") -> None:
        made.append(Bar(title, value, unit, ">=", bound, value >= bound))

    def at_most(title: str, value: float, bound: float, unit: str = "x") -> None:
        made.append(Bar(title, value, unit, "<=", bound, value <= bound))

    at_least("Hyperscan's time for the rules' phrases, beside classify", f.ratio("typical.hyperscan"), 1.5)
    if f.has("typical.hyperscan_literals"):
        ratio = f.ratio("typical.hyperscan_literals")
        at_least("Hyperscan's time for the other literals, beside classify", ratio, 1.5)
    at_least("PCRE2's time, beside classify", f.ratio("typical.pcre2"), 20)
    at_most("classify, beside hashing the bytes", 1 / f.ratio("typical.hash"), 4)
    at_most(f"the worst hostile byte ({worst[0]}), beside a typical one", worst[1], 4)
    at_most("a byte of 100 MB, beside one of 1 MB", f.number("linear.100MB"), 1.5)
    at_most("look-up of a code", f.number("lookup.code"), 3, "ns")
    at_most("smtpcodes explain 550, a process", f.number("start.processor"), 2, "ms")
    at_most("its peak", f.number("start.peak") / 1024, 3, "MB")
    at_most("constructors", f.number("size.constructors"), 0, "bytes")
    at_most("static library", f.number("size.static") / 1e6, 1.5, "MB")
    at_most("tables that need relocations", f.number("size.tables_relocated"), 0, "bytes")
    for form, bound in (("jsonl", 50.0), ("csv", 80.0)):
        key, megabytes = f"command.{form}", f.number("command.bytes") / 1e6
        at_least(f"command, {form}, one core", megabytes / f.number(f"{key}.processor") * 1e3, bound, "MB/s")
        if f.has(f"{key}.2.wall"):
            at_least(f"command, {form}, two jobs", f.number(f"{key}.wall_least") / f.number(f"{key}.2.wall_least"), 1.7)
    at_most("Python, classify", f.number("python.classify") / 1e3, 0.9, "µs")
    at_most("Python, classify_many", f.number("python.classify_many") / 1e3, 0.35, "µs")
    at_most("Lua, the slowest", max(f.number(f"lua.{lua}") for lua in LUAS) / 1e3, 0.6, "µs")
    return made


def main(figures: Path, json_file: Optional[Path]) -> None:
    f = Figures(figures)
    print(f"Machine: {f.values['machine']}, load {f.values['load']}")
    print(f"Compiler: {f.values['compiler']}; {f.values['hyperscan']}; PCRE2 {f.values['pcre2']}")
    replies(f)
    worst = hostile(f)
    rest(f)
    heading("Bars")
    table = bars(f, worst)
    for bar in table:
        value = f"{bar.value:.2f} {bar.unit}"
        print(f"{'met    ' if bar.met else 'NOT MET'}  {bar.title:72} {value:>12}  ({bar.comparison} {bar.bound:g})")
    if json_file:
        document = {
            "figures": f.values,
            "ratios": f.ratios,
            "bars": [bar._asdict() for bar in table],
        }
        json_file.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
