"""Codes, enhanced codes and the closed lists."""

from __future__ import annotations

import copy
import importlib.util
import json
import pickle
import re
from enum import Enum, IntEnum
from pathlib import Path
from typing import Any, List

import pytest
import smtpcodes
from smtpcodes import Code, Enhanced, Reason, Severity

ROOT = Path(__file__).parent.parent.parent
LISTS = "Severity Category Standing Side Action Bounce Basis Stage Command Flag Listing Vocabulary Reason".split()


def test_code_is_like_httpstatus() -> None:
    code = Code(550)
    assert isinstance(code, IntEnum)
    assert code is Code.MAILBOX_UNAVAILABLE is Code["MAILBOX_UNAVAILABLE"]
    assert int(code) == 550 == Code(550) and f"{code}" == str(code) == "550" and json.dumps(code) == "550"
    assert code.phrase == code.title != "" and code.description == code.explanation != ""
    assert (code.severity, code.category, code.standing) == ("permanent", "mail-system", "standard")
    assert "rcpt" in code.commands and "quit" not in code.commands
    assert "RFC 5321" in code.reference
    assert (code.is_success, code.is_temporary, code.is_permanent) == (False, False, True)
    assert (Code(250).is_success, Code(451).is_temporary, Code(354).severity) == (True, True, "intermediate")
    assert (code.reason, code.action) == ("user-unknown", "suppress")
    assert "550" in repr(code) and "MAILBOX_UNAVAILABLE" in repr(code)


@pytest.mark.parametrize("number", [-1, 0, 299, 999, 1000, 2**40, "550"])
def test_unknown_code(number: Any) -> None:
    with pytest.raises(ValueError):
        Code(number)


@pytest.mark.parametrize("code", [299, 999, -5, 2**40, "299", "5.99.1", "9.1.1", "", "x", "٥٥٠"])
def test_lookup_of_unknown_codes(code: Any) -> None:
    assert smtpcodes.lookup(code) is None


def test_lookup() -> None:
    assert smtpcodes.lookup(550) is smtpcodes.lookup("550") is Code(550)
    assert smtpcodes.lookup("5.1.1") == Enhanced("5.1.1")
    for wrong in (None, 5.5, b"550", (550,)):
        with pytest.raises(TypeError):
            smtpcodes.lookup(wrong)  # type: ignore[arg-type]


def test_enhanced() -> None:
    code = Enhanced("5.1.1")
    assert code == "5.1.1" == str(code) and hash(code) == hash("5.1.1") and json.dumps(code) == '"5.1.1"'
    assert (code.klass, code.subject, code.detail) == (5, 1, 1)
    assert code.title == code.phrase != "" and code.explanation == code.description != ""
    assert (code.severity, code.standing, code.reason) == ("permanent", "standard", "user-unknown")
    assert (code.is_success, code.is_temporary, code.is_permanent) == (False, False, True)
    assert code.is_registered and "RFC 3463" in code.reference and 550 in code.codes
    assert Enhanced("5.01.001") == "5.1.1"  # leading zeros say nothing (RFC 3463 2 forbids them)
    assert repr(code) == "Enhanced('5.1.1')" and Enhanced(code) is code


def test_enhanced_unknown_detail() -> None:
    code = Enhanced("4.2.99")
    assert not code.is_registered and code.pattern == "x.2.x" and code.is_temporary


@pytest.mark.parametrize("text", ["", "5", "5.1", "5.1.1.1", "5.1.x", "3.1.1", "9.9.9", "5.1.1 ", "a5.1.1", "5.1.1\0"])
def test_malformed_enhanced(text: str) -> None:
    with pytest.raises(ValueError):
        Enhanced(text)


@pytest.mark.parametrize("value", [None, 5, 5.1, b"5.1.1", (5, 1, 1)])
def test_enhanced_of_wrong_type(value: Any) -> None:
    with pytest.raises(TypeError):
        Enhanced(value)


@pytest.mark.parametrize("name", LISTS)
def test_words_equal_their_names(name: str) -> None:
    members: List[Any] = list(getattr(smtpcodes, name))
    assert len(members) >= 4
    for member in members:
        assert issubclass(type(member), Enum) and issubclass(type(member), str)
        assert member == member.value == str(member) == f"{member}" == json.loads(json.dumps(member))
        assert member.name == member.value.upper().replace("-", "_")
        assert pickle.loads(pickle.dumps(member)) is member and copy.deepcopy(member) is member
        assert {member.value: 1}[member] == 1


def test_reason() -> None:
    full = Reason("mailbox-full")
    assert full is Reason.MAILBOX_FULL and full.side == "recipient"
    assert full.title and full.explanation and full.advice
    assert full.action(Severity.TEMPORARY) == "retry" and full.bounce("temporary") == "soft"
    assert Reason.USER_UNKNOWN.bounce("permanent") == "hard"
    with pytest.raises(ValueError):
        full.action("sometimes")


def test_vocabulary() -> None:
    ses = smtpcodes.Vocabulary("ses")
    assert ses is smtpcodes.Vocabulary.SES and "Amazon" in ses.title and "bounceSubType" in ses.field and ses.source
    assert "Permanent/NoEmail" in ses.terms and "does not exist" in ses.terms["Permanent/NoEmail"]
    assert list(smtpcodes.Vocabulary.ANYMAIL.terms) == "invalid bounced timed_out blocked spam unsubscribed other".split()
    assert Reason.USER_UNKNOWN.as_(ses, smtpcodes.Bounce.HARD) == "Permanent/NoEmail"
    assert smtpcodes.reason_of(ses, "Permanent/NoEmail") is Reason.USER_UNKNOWN


@pytest.mark.parametrize("vocabulary", ["acme", "SES", "", None, 5])
def test_unknown_vocabulary(vocabulary: Any) -> None:
    with pytest.raises(ValueError):
        Reason.SPAM.as_(vocabulary, "block")
    with pytest.raises(ValueError):
        smtpcodes.reason_of(vocabulary, "22")
    with pytest.raises(ValueError):
        smtpcodes.classify("550").as_(vocabulary)


def test_unknown_terms_and_bounces() -> None:
    with pytest.raises(ValueError, match="'99' is no term of sparkpost"):
        smtpcodes.reason_of("sparkpost", "99")
    with pytest.raises(ValueError):
        smtpcodes.reason_of("sparkpost", "22\0")
    for wrong in (None, 22, ["22"]):
        with pytest.raises(TypeError):
            smtpcodes.reason_of("sparkpost", wrong)  # type: ignore[arg-type]
    with pytest.raises(ValueError):
        Reason.SPAM.as_("ses", "permanent")


@pytest.mark.parametrize("value", [Code(550), Enhanced("5.1.1"), Enhanced("5.1.99")])
def test_codes_pickle(value: Any) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(value, protocol))
        assert again == value and type(again) is type(value) and again.title == value.title
    assert copy.copy(value) == copy.deepcopy(value) == value


def test_stub_has_what_the_tables_have() -> None:
    script = ROOT / "bindings/python/stubs/mkstubs.py"
    spec = importlib.util.spec_from_file_location("mkstubs", script)
    assert spec and spec.loader
    mkstubs = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mkstubs)
    committed = (ROOT / "bindings/python/smtpcodes/_tables.pyi").read_text()
    assert mkstubs.types() == committed, f"run {script.name}"


def test_public_names_are_documented() -> None:
    for name in smtpcodes.__all__:
        value = getattr(smtpcodes, name)
        assert value.__module__ == "smtpcodes"
        assert (value.__doc__ or "").strip(), name
    assert set(smtpcodes.__all__) == {name for name in dir(smtpcodes) if not name.startswith("_")}


def test_version() -> None:
    assert smtpcodes.__version__ == smtpcodes.version()
    assert f"project(smtpcodes VERSION {smtpcodes.version()} " in (ROOT / "CMakeLists.txt").read_text()


def test_all_of_the_c_api_is_there() -> None:
    """Each function of the header is in the extension, but for those that hand out or free borrowed memory."""
    header = (ROOT / "core/include/smtpcodes.h").read_text()
    functions = set(re.findall(r"SMTPCODES_API [^;]*?smtpcodes_(\w+)\(", header))
    left_out = {
        "reply_line",  # reply_parse gives the lines
        "reader_start",  # reader_new does it
        "rules_free",  # the capsule does it
    }
    assert len(functions) > 70
    wrapped = {name for name in functions if hasattr(smtpcodes._smtpcodes, name)}
    assert functions - wrapped == left_out
