"""How fast somebody may go: whose mistakes are whose, and that who guesses is slowed, however they spread it."""

import pytest

from console.api.pace import Limiter, Logins, TooManyTries

OFFICE, HOME = "192.0.2.7", "198.51.100.9"


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.s = 0.0

    def monotonic(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def logins(clock: Hand) -> Logins:
    return Logins(clock.monotonic)


def wrong(logins: Logins, user: str, address: str, times: int) -> int:
    """So many tries with a wrong password; how many of them were looked at."""
    looked_at = 0
    for _ in range(times):
        try:
            logins.begin(user, address)
        except TooManyTries:
            continue
        looked_at += 1
    return looked_at


def right(logins: Logins, user: str, address: str) -> None:
    logins.begin(user, address)
    logins.succeeded(user, address)


def test_a_bucket_fills_up_again(clock: Hand):
    limiter = Limiter(clock.monotonic, burst=2, every_s=10)
    limiter.take("a")
    limiter.take("a")
    clock.s = 9
    with pytest.raises(TooManyTries) as refused:
        limiter.take("a")
    assert refused.value.retry_after_s == 1
    limiter.take("b")
    clock.s = 10
    limiter.take("a")


def test_one_persons_mistakes_never_lock_a_colleague_out_however_long_they_go_on(logins: Logins, clock: Hand):
    for _ in range(2000):
        wrong(logins, "shop/ann", OFFICE, 3)
        clock.s += 5
    for colleague in range(40):
        right(logins, f"shop/{colleague}", OFFICE)


def test_who_knows_it_at_last_waits_and_then_begins_anew(logins: Logins, clock: Hand):
    assert wrong(logins, "shop/ann", OFFICE, 9) == 5
    with pytest.raises(TooManyTries) as refused:
        logins.begin("shop/ann", OFFICE)
    clock.s += refused.value.retry_after_s
    right(logins, "shop/ann", OFFICE)
    assert wrong(logins, "shop/ann", OFFICE, 9) == 5


def test_success_gives_a_pair_its_tries_again_and_nobody_else(logins: Logins):
    wrong(logins, "shop/ann", OFFICE, 4)
    wrong(logins, "shop/ann", HOME, 5)
    wrong(logins, "shop/bob", OFFICE, 5)
    right(logins, "shop/ann", OFFICE)
    assert wrong(logins, "shop/ann", HOME, 1) == 0
    assert wrong(logins, "shop/bob", OFFICE, 1) == 0
    assert wrong(logins, "shop/ann", OFFICE, 9) == 5


def test_many_users_tried_from_one_address_are_slowed(logins: Logins, clock: Hand):
    assert sum(wrong(logins, f"shop/{user}", OFFICE, 1) for user in range(500)) == 50
    clock.s += 3600
    assert sum(wrong(logins, f"shop/{user}", OFFICE, 1) for user in range(500, 1000)) == 50
    assert wrong(logins, "shop/ann", HOME, 1) == 1


def test_one_user_tried_from_many_addresses_is_slowed(logins: Logins, clock: Hand):
    assert sum(wrong(logins, "shop/ann", f"203.0.113.{last}", 1) for last in range(200)) == 20
    clock.s += 150
    assert sum(wrong(logins, "shop/ann", f"203.0.113.{last}", 1) for last in range(200)) == 10
    assert wrong(logins, "shop/bob", HOME, 1) == 1


def test_own_successes_give_an_address_no_more_guesses(logins: Logins):
    looked_at = 0
    for user in range(500):
        right(logins, "shop/mine", OFFICE)
        looked_at += wrong(logins, f"shop/{user}", OFFICE, 1)
    assert looked_at == 50


def test_who_logged_in_from_there_before_is_not_locked_out_by_guessers(logins: Logins):
    right(logins, "shop/ann", OFFICE)
    for last in range(200):
        wrong(logins, "shop/ann", f"203.0.113.{last}", 1)
        wrong(logins, f"shop/{last}", OFFICE, 1)
    right(logins, "shop/ann", OFFICE)
    assert wrong(logins, "shop/ann", OFFICE, 9) == 5  # their own mistakes still count


@pytest.mark.parametrize(
    ("name", "address"),
    [("SHOP/Ann", OFFICE), ("shop/ann", f"::ffff:{OFFICE}")],
    ids=["another case", "the same by IPv6"],
)
def test_another_spelling_is_no_other_pair(logins: Logins, name: str, address: str):
    wrong(logins, "shop/ann", OFFICE, 5)
    assert wrong(logins, name, address, 1) == 0


def test_a_sites_ipv6_addresses_are_one(logins: Logins):
    assert sum(wrong(logins, "shop/ann", f"2001:db8:0:1::{last:x}", 1) for last in range(1, 20)) == 5
    assert wrong(logins, "shop/ann", "2001:db8:0:2::1", 1) == 1
