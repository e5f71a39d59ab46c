"""What a call from Python costs beside the C call, on a reply of 100 bytes.

    python tests/bench/python_cost.py BUILD

BUILD is a folder in which bindings/python was built by CMake, with the target smtpcodes_python_cost; the package
smtpcodes is the one that Python finds. Prints nanoseconds, best of several rounds. Exit status 1 where a bound is
missed.
"""

import subprocess
import sys
import timeit
from pathlib import Path

import smtpcodes

REPLY = "550 5.1.1 <ann@example.org>: Recipient address rejected: User unknown in virtual mailbox table; bye."
CLASSIFY_BOUND, ATTRIBUTE_BOUND = 600, 60
CALLS, ROUNDS = 200_000, 7


def cost(statement: str, **names: object) -> float:
    def best(code: str) -> float:
        return min(timeit.repeat(code, globals=names, number=CALLS, repeat=ROUNDS)) / CALLS * 1e9

    return best(statement) - best("pass")


def main(build: str) -> int:
    assert len(REPLY) == 100
    program = next(path for path in Path(build).rglob("call_cost") if path.is_file())
    c_call = float(subprocess.run([program, REPLY], check=True, capture_output=True, text=True).stdout)
    verdict = smtpcodes.classify(REPLY)
    batch = [REPLY] * 100
    rows = [
        ("C smtpcodes_classify", c_call),
        ("classify(str)", cost("call(x)", call=smtpcodes.classify, x=REPLY)),
        ("classify(bytes)", cost("call(x)", call=smtpcodes.classify, x=REPLY.encode())),
        ("classify((code, bytes))", cost("call(x)", call=smtpcodes.classify, x=(550, REPLY[4:].encode()))),
        ("classify(str, stage=)", cost("call(x, stage='rcpt')", call=smtpcodes.classify, x=REPLY)),
        ("verdict.reason", cost("v.reason", v=verdict)),
    ]
    many = min(timeit.repeat(lambda: smtpcodes.classify_many(batch), number=CALLS // 100, repeat=ROUNDS))
    rows.insert(5, ("classify_many, a reply", many / CALLS * 1e9))
    print(
        f"Python {sys.version.split()[0]}, smtpcodes {smtpcodes.version()}, {Path(smtpcodes._smtpcodes.__file__).name}"
    )
    for what, nanoseconds in rows:
        print(f"{what:25}{nanoseconds:8.0f} ns")
    above, attribute = rows[1][1] - c_call, rows[6][1]
    print(f"{'classify above C':25}{above:8.0f} ns (bound {CLASSIFY_BOUND})")
    missed = above > CLASSIFY_BOUND or attribute > ATTRIBUTE_BOUND
    return int(missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
