"""What a call from Python costs beside the C call, on a reply of 100 bytes.

    python tests/bench/python_cost.py BUILD

BUILD is a folder in which bindings/python was built by CMake, with the target smtpcodes_python_cost; the package
smtpcodes is the one that Python finds. Prints nanoseconds of the processor, the least of several rounds. Exit status 1
where a bound is missed.
"""

import subprocess
import sys
import time
import timeit
from pathlib import Path
from typing import Callable, Dict

import smtpcodes

REPLY = "550 5.1.1 <ann@example.org>: Recipient address rejected: User unknown in virtual mailbox table; bye."
CLASSIFY_BOUND, MANY_BOUND, ATTRIBUTE_BOUND = 200, 150, 60
MANY = 100
CALLS, PASSES, ROUNDS = 20_000, 10, 5


def least(statement: str, calls: int = CALLS, **names: object) -> float:
    """The least of several passes, for what disturbs a pass only adds."""
    times = timeit.repeat(statement, timer=time.process_time, globals=names, number=calls, repeat=PASSES)
    return min(times) / calls * 1e9


def main(build: str) -> int:
    assert len(REPLY) == 100
    program = next(path for path in Path(build).rglob("call_cost") if path.is_file())
    classify, batch = smtpcodes.classify, [REPLY] * MANY

    def c_call() -> float:
        return float(subprocess.run([program, REPLY], check=True, capture_output=True, text=True).stdout)

    rows: Dict[str, Callable[[], float]] = {
        "C smtpcodes_classify": c_call,
        "loop": lambda: least("pass"),
        "classify(str)": lambda: least("call(x)", call=classify, x=REPLY),
        "classify(bytes)": lambda: least("call(x)", call=classify, x=REPLY.encode()),
        "classify((code, bytes))": lambda: least("call(x)", call=classify, x=(550, REPLY[4:].encode())),
        "classify(str, stage=)": lambda: least("call(x, stage='rcpt')", call=classify, x=REPLY),
        "classify_many, a reply": lambda: least("call(x)", CALLS // MANY, call=smtpcodes.classify_many, x=batch) / MANY,
        "verdict.reason": lambda: least("v.reason", v=classify(REPLY)),
        "verdict.evidence": lambda: least("v.evidence", v=classify(REPLY)),
        "verdict.as_dict()": lambda: least("v.as_dict()", v=classify(REPLY)),
    }
    # Taken in turn, so that a busy machine is as busy for each.
    costs = {
        what: min(times) for what, times in zip(rows, zip(*([row() for row in rows.values()] for _ in range(ROUNDS))))
    }
    for what in list(rows)[2:]:
        costs[what] -= costs["loop"] / MANY if what.startswith("classify_many") else costs["loop"]
    above, many_above = (
        costs[what] - costs["C smtpcodes_classify"] for what in ("classify(str)", "classify_many, a reply")
    )
    module = Path(smtpcodes._smtpcodes.__file__).name
    print(f"Python {sys.version.split()[0]}, smtpcodes {smtpcodes.version()}, {module}, a reply of {len(REPLY)} bytes")
    for what, nanoseconds in costs.items():
        print(f"{what:27}{nanoseconds:8.0f} ns")
    print(f"{'classify(str) above C':27}{above:8.0f} ns (bound {CLASSIFY_BOUND})")
    print(f"{'classify_many above C':27}{many_above:8.0f} ns (bound {MANY_BOUND})")
    attribute = max(costs["verdict.reason"], costs["verdict.evidence"])
    return int(above > CLASSIFY_BOUND or many_above > MANY_BOUND or attribute > ATTRIBUTE_BOUND)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
