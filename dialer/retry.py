"""What follows an attempt: try again later, or leave the lead alone."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from dialer.call import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Retry:
    """`after` the end of an attempt, while fewer than `attempts` were made in all."""

    after: timedelta
    attempts: int


# A busy line is worth a second try soon; who did not answer is tried at another time of day; a number that is not in
# service, a person who said no or anyone who was spoken with is not tried again.
RETRIES: Final[dict[Outcome, Retry]] = {
    Outcome.BUSY: Retry(after=timedelta(minutes=10), attempts=3),
    Outcome.NO_ANSWER: Retry(after=timedelta(hours=3), attempts=3),
    Outcome.SWITCHED_OFF: Retry(after=timedelta(hours=6), attempts=3),
    Outcome.VOICEMAIL: Retry(after=timedelta(hours=4), attempts=2),
    Outcome.NO_RESPONSE: Retry(after=timedelta(hours=4), attempts=2),
    Outcome.CUSTOMER_LEFT: Retry(after=timedelta(days=1), attempts=2),
    Outcome.ABANDONED: Retry(after=timedelta(days=3), attempts=2),  # 72 hours: Ofcom's rule on silent calls
    Outcome.FAILED: Retry(after=timedelta(minutes=15), attempts=3),
}


def retry_after(outcome: Outcome, attempts_made: int) -> timedelta | None:
    """How long to wait before the next attempt; None: no further attempt."""
    retry = RETRIES.get(outcome)
    if retry is None or attempts_made >= retry.attempts:
        return None
    return retry.after
