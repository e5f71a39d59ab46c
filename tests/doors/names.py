"""What the Python module over the C API has: for reach.py."""

from smtpcodes import _smtpcodes as core

for name, value in vars(core).items():
    if callable(value):
        print("python", name, "function", sep="\t")
    elif isinstance(value, int):
        print("python", name, value, sep="\t")
