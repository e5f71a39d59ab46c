"""Prints smtpcodes/_tables.pyi: the members of the enumerations, which the package has from the core at import.

    python bindings/python/stubs/mkstubs.py > bindings/python/smtpcodes/_tables.pyi

Run it with a built smtpcodes after a change of the tables; a test compares.
"""

import smtpcodes

HEAD = """\
# Made by bindings/python/stubs/mkstubs.py from the tables of the core.
from enum import Enum, IntEnum
from typing import Any, Optional, Tuple, Union
"""

# The two that are also a str have a title of their own where str has a method.
TITLE = """\
    @property
    def title(self) -> str: ...
"""
STR_TITLE = TITLE.replace("...", "...  # type: ignore[override]")

REASON = """\
    @property
    def explanation(self) -> str: ...
    @property
    def advice(self) -> str: ...
    @property
    def side(self) -> Side: ...
    def action(self, severity: str) -> Action: ...
    def bounce(self, severity: str) -> Bounce: ...
"""

MEANING = """\
    @property
    def phrase(self) -> str: ...
    @property
    def explanation(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def reference(self) -> str: ...
    @property
    def severity(self) -> Severity: ...
    @property
    def standing(self) -> Standing: ...
    @property
    def reason(self) -> Optional[Reason]: ...
    @property
    def is_success(self) -> bool: ...
    @property
    def is_temporary(self) -> bool: ...
    @property
    def is_permanent(self) -> bool: ...
"""

CODE = """\
    @property
    def category(self) -> Category: ...
    @property
    def commands(self) -> Tuple[Command, ...]: ...
    @property
    def action(self) -> Action: ...
"""

ENHANCED = """\
class Enhanced(str):
    def __new__(cls, code: str) -> Enhanced: ...
    @property
    def klass(self) -> int: ...
    @property
    def subject(self) -> int: ...
    @property
    def detail(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def pattern(self) -> str: ...
    @property
    def codes(self) -> Union[Tuple[int, ...], str]: ...
    @property
    def is_registered(self) -> bool: ...
"""

FUNCTIONS = """\
def lookup(code: Union[int, str]) -> Union[Code, Enhanced, None]: ...
def bind(verdict: type) -> None: ...
def code_or_number(number: int) -> Any: ...
def command_bit(command: Optional[str]) -> int: ...
def flags(mask: int) -> Tuple[Flag, ...]: ...
def stage_number(stage: Optional[str]) -> int: ...
"""

WORDS = ("Severity", "Category", "Standing", "Side", "Action", "Bounce", "Basis", "Stage", "Command", "Flag", "Listing")


def members(name: str, value: type) -> str:
    rows = (f"    {one.name} = {value(one.value)!r}\n" for one in getattr(smtpcodes, name))
    return "".join(rows).replace("'", '"')


def stub() -> str:
    parts = [HEAD]
    parts += [f"class {name}(str, Enum):\n{members(name, str)}" for name in WORDS]
    parts.append(f"class Reason(str, Enum):\n{members('Reason', str)}{STR_TITLE}{REASON}")
    parts.append(f"class Code(IntEnum):\n{members('Code', int)}{TITLE}{MEANING}{CODE}")
    parts.append(ENHANCED + STR_TITLE + MEANING)
    return "\n".join(parts) + "\n" + FUNCTIONS


if __name__ == "__main__":
    print(stub(), end="")
