"""Through smtplib, from a server on loopback that gives set replies; and the example that does the same."""

from __future__ import annotations

import smtplib
import subprocess
import sys
from pathlib import Path
from typing import Any, List

import pytest
import smtpcodes

EXAMPLE = Path(__file__).parent.parent.parent / "examples/python/retry_queue.py"
ANN, BO, CID = "ann@example.org", "bo@example.org", "cid@example.org"
MESSAGE = b"Subject: hello\r\n\r\nhello\r\n"


@pytest.fixture
def client(server: Any) -> Any:
    with smtplib.SMTP(server.host, server.port, timeout=20) as smtp:
        yield smtp


def test_one_recipient_refused(server: Any, client: Any) -> None:
    server.replies.rcpt[BO] = ["550 5.1.1 <bo@example.org>: User unknown"]
    refused = client.sendmail("me@example.com", [ANN, BO], MESSAGE)
    assert list(refused) == [BO] and server.replies.received == [[ANN]]
    verdict = smtpcodes.classify(refused[BO])
    assert (verdict.code, verdict.enhanced, verdict.reason, verdict.action) == (
        550,
        "5.1.1",
        "user-unknown",
        "suppress",
    )


def test_all_recipients_refused(server: Any, client: Any) -> None:
    server.replies.rcpt[ANN] = ["452-4.2.2 The mailbox of this user\r\n452 4.2.2 is over its quota"]
    server.replies.rcpt[BO] = ["550 5.1.1 User unknown"]
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        client.sendmail("me@example.com", [ANN, BO], MESSAGE)
    verdicts = smtpcodes.classify(caught.value)
    assert {who: str(verdict.reason) for who, verdict in verdicts.items()} == {ANN: "mailbox-full", BO: "user-unknown"}
    assert verdicts[ANN].stage == "rcpt"


def test_data_refused(server: Any, client: Any) -> None:
    server.replies.data = "554 5.7.1 Message refused: it looks like spam"
    with pytest.raises(smtplib.SMTPDataError) as caught:
        client.sendmail("me@example.com", [ANN], MESSAGE)
    verdict = smtpcodes.classify(caught.value)
    assert (verdict.code, verdict.enhanced, verdict.reason, verdict.bounce) == (554, "5.7.1", "spam", "block")


def test_sender_refused(server: Any, client: Any) -> None:
    server.replies.mail = "450 4.7.1 Greylisted, try again in 5 minutes"
    with pytest.raises(smtplib.SMTPSenderRefused) as caught:
        client.sendmail("me@example.com", [ANN], MESSAGE)
    verdict = smtpcodes.classify(caught.value)
    assert (verdict.reason, verdict.action, verdict.retry_after) == ("greylisted", "retry", 300)


def test_pairs(client: Any) -> None:
    hello = smtpcodes.parse(client.ehlo("client.example.com"))
    assert hello.code is smtpcodes.Code.OK and hello.lines[0] == "mx.example.org" and len(hello.lines) > 1
    code, text = client.docmd("LUNCH")
    assert smtpcodes.classify((code, text)).reason in ("command-syntax", "command-unsupported")
    assert smtpcodes.classify(client.noop()).reason == "accepted"


def retry_queue(server: Any, *recipients: str) -> List[str]:
    """What the example says, with all that it says; some recipients stay without the message."""
    address = f"{server.host}:{server.port}"
    done = subprocess.run(
        [sys.executable, EXAMPLE, "--no-wait", address, "me@example.com", *recipients],
        input=MESSAGE,
        capture_output=True,
        timeout=60,
    )
    assert done.stderr == b"" and done.returncode == 1
    return done.stdout.decode().splitlines()


def test_retry_queue(server: Any) -> None:
    server.replies.rcpt[BO] = ["550 5.1.1 <bo@example.org>: User unknown"]
    server.replies.rcpt[CID] = ["450 4.2.0 Greylisted, try again in 5 minutes", "452 4.2.2 Mailbox is full", "250 Ok"]
    server.replies.rcpt["di@example.org"] = ["554 5.7.1 Message refused: it looks like spam"]
    assert retry_queue(server, ANN, BO, CID, "di@example.org") == [
        "after 0 seconds",
        "  ann@example.org: sent",
        "  bo@example.org: user-unknown, address dropped",
        "  cid@example.org: greylisted, again in 300 seconds",
        "  di@example.org: spam, held: fix-message",
        "after 300 seconds",
        "  cid@example.org: mailbox-full, again in 1800 seconds",
        "after 2100 seconds",
        "  cid@example.org: sent",
    ]
    assert server.replies.received == [[ANN], [CID]]


def test_retry_queue_drops_the_dead_when_the_message_fails(server: Any) -> None:
    server.replies.rcpt[BO] = ["550 5.1.1 <bo@example.org>: User unknown"]
    server.replies.data = "554 5.7.1 Message refused: it looks like spam"
    assert retry_queue(server, ANN, BO) == [
        "after 0 seconds",
        "  ann@example.org: spam, held: fix-message",
        "  bo@example.org: user-unknown, address dropped",
    ]


def test_readme() -> None:
    """The lines of bindings/python/README.md print what stands below them."""
    readme = (EXAMPLE.parent.parent.parent / "bindings/python/README.md").read_text()
    script = readme.split("```python\n")[1].split("```")[0]
    output = readme.split("```text\n")[1].split("```")[0]
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True, timeout=60)
    assert done.stdout == output
