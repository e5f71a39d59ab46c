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
    """One attempt: a verdict for each recipient that the message was not taken for.

    smtplib.sendmail() would be shorter, but where some recipients are refused and then the message too, it forgets the
    former, and a dead address would be tried again.
    """
    host, _, port = server.rpartition(":")
    verdicts: Dict[str, Verdict] = {}
    left = list(recipients)
    try:
        with smtplib.SMTP(host, int(port), timeout=60) as smtp:
            smtp.ehlo_or_helo_if_needed()
            reply = smtp.mail(sender)
            if reply[0] != 250:
                return dict.fromkeys(recipients, smtpcodes.classify(reply, stage="mail"))
            for recipient in recipients:
                reply = smtp.rcpt(recipient)
                if reply[0] not in (250, 251):
                    verdicts[recipient] = smtpcodes.classify(reply, stage="rcpt")
                    left.remove(recipient)
            if left:
                reply = smtp.data(message)
                if reply[0] == 250:
                    left = []
                else:
                    verdicts.update(dict.fromkeys(left, smtpcodes.classify(reply, stage="end-of-data")))
    except smtplib.SMTPResponseException as error:
        verdicts.update(dict.fromkeys(left, smtpcodes.classify(error)))
    except (OSError, smtplib.SMTPServerDisconnected) as error:
        verdicts.update(dict.fromkeys(left, smtpcodes.classify(f"connection lost: {error}")))
    return verdicts


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
