"""What replies cost from Python, and what Python's own regular expressions take for the same phrases.

    python tests/bench/python_speed.py FOLDER

FOLDER has replies.txt and patterns.tsv as bench_speed leaves them. Prints figures, a line each: key, nanoseconds a
reply, and how many times as long as classify that is. All take turns, the median counts, ratios are taken within a
turn; the clock is that of the processor.
"""

import re
import statistics
import sys
import time
from pathlib import Path
from typing import Callable, Dict, List

import smtpcodes

TURNS = 9


def main(folder: Path) -> None:
    lines = (folder / "replies.txt").read_bytes().splitlines()
    texts = [line.decode("utf-8", "replace") for line in lines]
    few, verdict = lines[::20], smtpcodes.classify(lines[0])
    patterns = [
        re.compile(line.split(b"\t", 1)[1], re.IGNORECASE)
        for line in (folder / "patterns.tsv").read_bytes().splitlines()
    ]

    def classify_str() -> None:
        classify = smtpcodes.classify
        for text in texts:
            classify(text)

    def classify_bytes() -> None:
        classify = smtpcodes.classify
        for line in lines:
            classify(line)

    def classify_many() -> None:
        for _ in smtpcodes.classify_many(texts):
            pass

    def attribute() -> None:
        for _ in texts:
            verdict.reason

    def loop() -> None:
        for _ in texts:
            pass

    def expressions() -> None:
        for line in few:
            for pattern in patterns:
                pattern.search(line)

    rows: Dict[str, Callable[[], None]] = {
        "classify": classify_str,
        "classify_bytes": classify_bytes,
        "classify_many": classify_many,
        "attribute": attribute,
        "loop": loop,
        "re": expressions,
    }
    times: Dict[str, List[float]] = {key: [] for key in rows}
    for _ in range(TURNS):
        for key, row in rows.items():
            start = time.process_time_ns()
            row()
            times[key].append((time.process_time_ns() - start) / len(few if key == "re" else texts))
    for key, values in times.items():
        if key in ("classify", "classify_bytes", "attribute"):
            values[:] = [value - loop_value for value, loop_value in zip(values, times["loop"])]
    print(f"python.version\t{sys.version.split()[0]}")
    for key, values in times.items():
        ratio = statistics.median(value / base for value, base in zip(values, times["classify"]))
        print(f"python.{key}\t{statistics.median(values):.1f}\t{ratio:.3f}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
