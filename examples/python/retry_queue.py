"""A sender with a retry queue: which recipients to drop, which to try again and when.

    python retry_queue.py [--no-wait] HOST:PORT SENDER RECIPIENT... < message

--no-wait only says how long it would wait. What to do after a refusal is the verdict's action; nothing here looks at
codes or words.
"""

from __future__ import annotations

import argparse
import smtplib
import sys
import time
from typing import Dict, List, NamedTuple

import smtpcodes
from smtpcodes import Action, Verdict

FIRST_DELAY, LONGEST_DELAY, GIVE_UP_AFTER = 900, 4 * 3600, 5 * 86400  # seconds (RFC 5321 4.5.4.1: 4 to 5 days)


class Entry(NamedTuple):
    recipient: str
    due: int
    tries: int = 0


def send(server: str, sender: str, recipients: List[str], message: bytes) -> Dict[str, Verdict]:
    """One attempt: a verdict for each recipient that the message was not taken for."""
    host, _, port = server.rpartition(":")
    try:
        with smtplib.SMTP(host, int(port), timeout=60) as smtp:
            refused = smtp.sendmail(sender, recipients, message)
    except smtplib.SMTPRecipientsRefused as error:
        return smtpcodes.classify(error)
    except smtplib.SMTPResponseException as error:
        return dict.fromkeys(recipients, smtpcodes.classify(error))
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        return dict.fromkeys(recipients, smtpcodes.classify(f"connection lost: {error}"))
    return {who: smtpcodes.classify(pair, stage="rcpt") for who, pair in refused.items()}


def delay(verdict: Verdict, tries: int) -> int:
    """Seconds until the next attempt: what the reply asks for, or twice as long each time."""
    return verdict.retry_after or min(FIRST_DELAY * 2**tries, LONGEST_DELAY)


def run(server: str, sender: str, recipients: List[str], message: bytes, wait: bool) -> int:
    now, left = 0, 0
    queue = [Entry(recipient, now) for recipient in recipients]
    while queue:
        due = min(entry.due for entry in queue)
        if wait:
            time.sleep(due - now)
        now = due
        batch = [entry for entry in queue if entry.due <= now]
        queue = [entry for entry in queue if entry.due > now]
        verdicts = send(server, sender, [entry.recipient for entry in batch], message)
        print(f"after {now} seconds")
        for entry in batch:
            verdict = verdicts.get(entry.recipient)
            if verdict is None:
                print(f"  {entry.recipient}: sent")
                continue
            again = now + delay(verdict, entry.tries)
            if verdict.action in (Action.RETRY, Action.SLOW_DOWN) and again <= GIVE_UP_AFTER:
                queue.append(entry._replace(due=again, tries=entry.tries + 1))
                print(f"  {entry.recipient}: {verdict.reason}, again in {again - now} seconds")
            elif verdict.action is Action.SUPPRESS:
                print(f"  {entry.recipient}: {verdict.reason}, address dropped")
                left += 1
            else:
                print(f"  {entry.recipient}: {verdict.reason}, held: {verdict.action}")
                left += 1
    return left


def main() -> int:
    parser = argparse.ArgumentParser(description="Send a message, and try again where that helps.")
    parser.add_argument("--no-wait", action="store_true")
    parser.add_argument("server")
    parser.add_argument("sender")
    parser.add_argument("recipient", nargs="+")
    given = parser.parse_args()
    message = sys.stdin.buffer.read()
    return int(run(given.server, given.sender, given.recipient, message, not given.no_wait) > 0)


if __name__ == "__main__":
    sys.exit(main())
