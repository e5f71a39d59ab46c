"""Codes and closed lists, made at import from the tables of the core: no name, number or text is written here.

What type checkers know of it is in _tables.pyi, which bindings/python/stubs/mkstubs.py makes from this module.
"""

import re
from enum import Enum, IntEnum

from . import _smtpcodes as core

PUBLIC = __package__


class Word(str, Enum):
    """A member of a closed list. It equals the name that JSON and rules have for it: ``Reason.SPAM == "spam"``."""

    __str__ = str.__str__
    __format__ = str.__format__


def _list(kind, base=Word, doc=None):
    """The enumeration of a list of the core, and a tuple that has each member at its number there."""
    prefix, name_of = kind.upper() + "_", getattr(core, kind + "_name")
    numbers = {
        symbol[len(prefix) :]: number
        for symbol, number in vars(core).items()
        if symbol.startswith(prefix) and isinstance(number, int)
    }
    ordered = sorted(numbers, key=numbers.__getitem__)
    enum = base(kind.capitalize(), [(symbol, name_of(numbers[symbol])) for symbol in ordered], module=PUBLIC)
    enum.__doc__ = doc
    return enum, {numbers[symbol]: enum[symbol] for symbol in ordered}


def _row(members):
    """Members at their numbers, for the core to index."""
    return tuple(map(members.get, range(max(members) + 1)))


def _bits(members, mask):
    return tuple(member for bit, member in members.items() if mask & bit)


Severity, _severities = _list("severity", doc="What the first digit of a code says (RFC 5321 4.2.1).")
Category, _categories = _list("category", doc="What the second digit of a code says (RFC 5321 4.2.1).")
Standing, _standings = _list("standing", doc="How a code is defined: by the base protocol, an extension, or no RFC.")
Side, _sides = _list("side", doc="Whose it is to mend.")
Action, _actions = _list("action", doc="What a sender does next.")
Bounce, _bounces = _list("bounce", doc="What a reply means for the address: soft, hard, block, none or unknown.")
Basis, _bases = _list("basis", doc="What decided the reason.")
Stage, _stages = _list("stage", doc="Where in the dialogue a reply was given.")
Command, _commands = _list("command", doc="Commands that a code may answer; connect and end-of-data count as such.")
Flag, _flags = _list("flag", doc="What is odd about a reply; check() gives them.")
Listing, _listings = _list("listing", doc="What a block list lists.")


class _Vocabulary(Word):
    @property
    def _number(self):
        return core.vocabulary_from_name(self.value)

    @property
    def title(self):
        """Whose words these are."""
        return core.vocabulary_title(self._number)

    @property
    def field(self):
        """Where its reports have the term."""
        return core.vocabulary_field(self._number)

    @property
    def source(self):
        """Where its terms are documented."""
        return core.vocabulary_source(self._number)

    @property
    def terms(self):
        """All its terms, with what each means: a dict."""
        mine = (i for i in range(core.term_count()) if core.term_vocabulary(i) == self._number)
        return {core.term_name(i): core.term_meaning(i) for i in mine}


Vocabulary, _vocabularies = _list("vocabulary", _Vocabulary, "The words of others for reasons, as_() gives them.")


class _Reason(Word):
    @property
    def _number(self):
        return core.reason_from_name(self.value)

    @property
    def title(self):
        """A short line."""
        return core.reason_title(self._number)

    @property
    def explanation(self):
        """What has happened, in a sentence or two."""
        return core.reason_explanation(self._number)

    @property
    def advice(self):
        """What a sender can do."""
        return core.reason_advice(self._number)

    @property
    def side(self):
        """Whose it is to mend."""
        return _sides[core.reason_side(self._number)]

    def action(self, severity):
        """What a sender does next, by the severity of the code beside the reason."""
        return _actions[core.reason_action(self._number, core.severity_from_name(Severity(severity)))]

    def bounce(self, severity):
        """What it means for the address, by the severity of the code beside the reason."""
        return _bounces[core.reason_bounce(self._number, core.severity_from_name(Severity(severity)))]

    def as_(self, vocabulary, bounce):
        """The term that a vocabulary ("sparkpost") has for this reason with this bounce, or None."""
        return core.reason_as(
            self._number, core.bounce_from_name(Bounce(bounce)), core.vocabulary_from_name(Vocabulary(vocabulary))
        )


Reason, _reasons = _list("reason", _Reason, "Why a server answered so.")


class _Code(IntEnum):
    def __new__(cls, number):
        self = int.__new__(cls, number)
        self._value_ = number
        row = core.code_find(number)
        self.title = self.phrase = core.code_title(row)
        self.explanation = self.description = core.code_explanation(row)
        self.reference = core.code_reference(row)
        self.severity = _severities[core.code_severity(number)]
        self.category = _categories[core.code_category(number)]
        self.standing = _standings[core.code_standing(row)]
        self.commands = _bits(_commands, core.code_commands(row))
        self.reason = _reasons.get(core.code_reason(row))
        self.action = _actions[core.code_action(row)]
        return self

    __str__ = int.__repr__
    __format__ = int.__format__

    @property
    def is_success(self):
        """The command was done: 2yz."""
        return self.severity is Severity.SUCCESS

    @property
    def is_temporary(self):
        """The same command may succeed later: 4yz."""
        return self.severity is Severity.TEMPORARY

    @property
    def is_permanent(self):
        """The same command will not succeed later: 5yz."""
        return self.severity is Severity.PERMANENT


def _code_members():
    rows = map(core.code_at, range(core.code_count()))
    return [(core.code_name(row), core.code_number(row)) for row in rows]


Code = _Code("Code", _code_members(), module=PUBLIC)
Code.__doc__ = """The basic codes, in the manner of http.HTTPStatus.

Each member is its number and has title (or phrase), explanation (or description), severity, category, standing,
commands (those it may answer), reference, reason (of a reply with this code and no text, or None), action, is_success,
is_temporary and is_permanent. A number that is no row of the table raises ValueError; lookup() gives None for it.
"""


class Enhanced(str):
    """An enhanced code (RFC 3463): ``Enhanced("5.1.1")``, a str with the parts and meaning of the code.

    Raises ValueError for what is no enhanced code. One that is well formed and in no table is read as RFC 3463 section
    2 wants it: it has the meaning of its subject, or of its class, and is_registered is false.
    """

    __slots__ = ("_parts", "_row")

    def __new__(cls, code):
        if isinstance(code, Enhanced):
            return code
        if not isinstance(code, str):
            raise TypeError(f"expected str, not {type(code).__name__}")
        found, parts = core.enhanced_parse(code)
        row = core.enhanced_nearest(*parts) if found else None
        if row is None:
            raise ValueError(f"{code!r} is not a valid Enhanced")
        self = str.__new__(cls, "{}.{}.{}".format(*parts))
        self._parts = tuple(parts)
        self._row = row
        return self

    def __reduce__(self):
        return Enhanced, (str(self),)

    def __repr__(self):
        return f"Enhanced({str(self)!r})"

    __str__ = str.__str__

    @property
    def klass(self):
        """The first number: 2, 4 or 5."""
        return self._parts[0]

    @property
    def subject(self):
        """The second number."""
        return self._parts[1]

    @property
    def detail(self):
        """The third number."""
        return self._parts[2]

    @property
    def name(self):
        return core.enhanced_name(self._row)

    @property
    def title(self):
        """A short line."""
        return core.enhanced_title(self._row)

    phrase = title

    @property
    def explanation(self):
        return core.enhanced_explanation(self._row)

    description = explanation

    @property
    def reference(self):
        """RFC and section, or who uses the code."""
        return core.enhanced_reference(self._row)

    @property
    def pattern(self):
        """The row of the table that the code was found in: "x.1.1"."""
        return core.enhanced_pattern(self._row)

    @property
    def codes(self):
        """Basic codes that are registered beside it: a tuple of numbers, or "any"."""
        text = core.enhanced_codes(self._row)
        return text if text == "any" else tuple(map(int, re.findall("[0-9]+", text)))

    @property
    def severity(self):
        return _severities[core.code_severity(self.klass * 100)]

    @property
    def standing(self):
        return _standings[core.enhanced_standing(self._row)]

    @property
    def reason(self):
        """The reason that the code states by itself, or None."""
        return _reasons.get(core.enhanced_reason(self._row))

    @property
    def is_registered(self):
        """Whether the table has a row of exactly this code."""
        return core.enhanced_find(*self._parts) is not None

    @property
    def is_success(self):
        return self.severity is Severity.SUCCESS

    @property
    def is_temporary(self):
        return self.severity is Severity.TEMPORARY

    @property
    def is_permanent(self):
        return self.severity is Severity.PERMANENT


Enhanced.__module__ = PUBLIC


def lookup(code):
    """The row of a code, or None: a Code for a number or three digits, an Enhanced for "5.1.1".

    >>> lookup(999) is None
    True
    """
    if isinstance(code, int):
        return Code._value2member_map_.get(int(code))
    if not isinstance(code, str):
        raise TypeError(f"expected int or str, not {type(code).__name__}")
    if re.fullmatch("[0-9]{3}", code):
        return Code._value2member_map_.get(int(code))
    try:
        enhanced = Enhanced(code)
    except ValueError:
        return None
    return enhanced if enhanced.is_registered else None


def reason_of(vocabulary, term):
    """The reason that a term of a vocabulary stands for, or None where it stands for several or for none.

    ValueError where the vocabulary has no such term.

    >>> reason_of("sparkpost", "22") == "mailbox-full", reason_of("sparkpost", "20")
    (True, None)
    """
    number = core.reason_of(core.vocabulary_from_name(Vocabulary(vocabulary)), term)
    if number < 0 or "\0" in term:  # where C's strings end
        raise ValueError(f"{term!r} is no term of {Vocabulary(vocabulary)}")
    return _reasons.get(number)


def command_bit(command):
    """The core's number of a command's name; 0 for None."""
    return core.command_from_name(Command(command)) if command is not None else 0


def stage_number(stage):
    return core.stage_from_name(Stage(stage)) if stage is not None else core.STAGE_UNKNOWN


def flags(mask):
    return _bits(_flags, mask)


def code_or_number(number):
    """A Code where the table has the number, the number itself elsewhere, None below 0."""
    return None if number < 0 else Code._value2member_map_.get(number, number)


# What verdicts are made of.
_numbers = tuple(Code._value2member_map_.get(number, number) for number in range(1000))
_lists = (_severities, _categories, _reasons, _sides, _actions, _bounces, _bases, _stages)
core.bind(Enhanced, (_numbers, *map(_row, _lists)))
