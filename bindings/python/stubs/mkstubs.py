"""Prints smtpcodes/_tables.pyi: the members of the enumerations, which the package has from the core at import.

    python bindings/python/stubs/mkstubs.py > bindings/python/smtpcodes/_tables.pyi

Run it with a built smtpcodes after a change of the tables; a test compares.
"""

import smtpcodes

HEAD = """\
# Made by bindings/python/stubs/mkstubs.py from the tables of the core.
from enum import Enum, IntEnum
from typing import Any, ClassVar, Dict, Iterator, Optional, Tuple, Union
"""

# Those that are also a str have a title of their own where str has a method.
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
    def as_(self, vocabulary: str, bounce: str) -> Optional[str]: ...
"""

VOCABULARY = """\
    @property
    def field(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def terms(self) -> Dict[str, str]: ...
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

ITEMS = {
    "code": "Optional[int]",
    "enhanced": "Optional[Enhanced]",
    "severity": "Severity",
    "category": "Category",
    "reason": "Reason",
    "side": "Side",
    "action": "Action",
    "bounce": "Bounce",
    "basis": "Basis",
    "confidence": "int",
    "rule": "Optional[str]",
    "evidence": "Optional[str]",
    "provider": "Optional[str]",
    "blocklist": "Optional[str]",
    "retry_after": "Optional[int]",
    "stage": "Stage",
    "evidence_span": "Optional[Tuple[int, int]]",
}

SEQUENCE = """\
class Items:
    _fields: ClassVar[Tuple[str, ...]]
    def __new__(cls, *items: Any) -> Items: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __len__(self) -> int: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __getitem__(self, key: Union[int, slice]) -> Any: ...
    def as_dict(self) -> Dict[str, Union[str, int, None]]: ...
"""

FUNCTIONS = """\
def lookup(code: Union[int, str]) -> Union[Code, Enhanced, None]: ...
def reason_of(vocabulary: str, term: str) -> Optional[Reason]: ...
def code_or_number(number: int) -> Any: ...
def command_bit(command: Optional[str]) -> int: ...
def flags(mask: int) -> Tuple[Flag, ...]: ...
def stage_number(stage: Optional[str]) -> int: ...
"""

WORDS = ("Severity", "Category", "Standing", "Side", "Action", "Bounce", "Basis", "Stage", "Command", "Flag", "Listing")


def members(name: str, value: type) -> str:
    rows = (f"    {one.name} = {value(one.value)!r}\n" for one in getattr(smtpcodes, name))
    return "".join(rows).replace("'", '"')


def items() -> str:
    """What a verdict holds, documented as it is where it is made."""
    assert tuple(ITEMS) == smtpcodes.Verdict._fields
    return "".join(
        f'    @property\n    def {name}(self) -> {type_}:\n        """{getattr(smtpcodes.Verdict, name).__doc__}"""\n'
        for name, type_ in ITEMS.items()
    )


def types() -> str:
    parts = [HEAD]
    parts += [f"class {name}(str, Enum):\n{members(name, str)}" for name in WORDS]
    parts.append(f"class Vocabulary(str, Enum):\n{members('Vocabulary', str)}{STR_TITLE}{VOCABULARY}")
    parts.append(f"class Reason(str, Enum):\n{members('Reason', str)}{STR_TITLE}{REASON}")
    parts.append(f"class Code(IntEnum):\n{members('Code', int)}{TITLE}{MEANING}{CODE}")
    parts.append(ENHANCED + STR_TITLE + MEANING)
    parts.append(SEQUENCE + items())
    return "\n".join(parts) + "\n" + FUNCTIONS


if __name__ == "__main__":
    print(types(), end="")
