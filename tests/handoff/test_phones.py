"""Phones: the newest connection is it, a lost one's place is kept, and an older session is refused."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest

from handoff.agents import AgentId, Status
from handoff.desk import Desk
from handoff.news import Fenced
from handoff.phones import DeskSessionFenced, NoSuchPhone, PhoneMissing, Phones, State
from kernel.clock import LoopClock
from kernel.tasks import alongside
from kernel.tenant import TenantId
from media.leg import Cause, Dial, Leg
from media.loopback import FarEnd
from media.ticker import Ticker

pytestmark = pytest.mark.virtual_time
ADA = AgentId("ada")


@dataclass
class Used:
    """Writes down what a use is told."""

    told: list[str] = field(default_factory=list)

    def phone_lost(self) -> None:
        self.told.append("lost")

    def phone_back(self, leg: Leg) -> None:
        self.told.append(f"back {leg.id}")

    def phone_gone(self) -> None:
        self.told.append("gone")


class Room:
    def __init__(self, phones: Phones, desk: Desk, clock: LoopClock, ticker: Ticker) -> None:
        self.phones, self.desk, self.clock, self.ticker = phones, desk, clock, ticker

    def far(self, name: str, *, answered: bool = True) -> FarEnd:
        far = FarEnd(Dial(number="", caller_id="", ring_timeout_s=1, call_id=name), self.clock, self.ticker)
        if answered:
            far.answer()
        return far


@pytest.fixture
async def room() -> AsyncIterator[Room]:
    clock = LoopClock()
    ticker, desk = Ticker(clock), Desk(clock)
    async with alongside(ticker.run()) as background:
        desk.sign_in(ADA, TenantId(1))
        yield Room(Phones(desk, clock, background, lost_s=30), desk, clock, ticker)


async def test_a_lost_phone_is_kept_half_a_minute(room: Room):
    first, use = room.far("first"), Used()
    room.phones.connect(ADA, first.leg)
    room.phones.use(ADA, use)
    room.desk.set_status(ADA, Status.READY)
    first.hang_up(Cause.NETWORK_FAILURE)
    await room.clock.sleep(1)
    assert (room.phones.state(ADA), use.told) == (State.LOST, ["lost"])
    assert room.phones.get(ADA) is None and not room.desk.agents[ADA].available
    await room.clock.sleep(28)
    assert room.phones.state(ADA) is State.LOST
    await room.clock.sleep(2)
    assert (room.phones.state(ADA), use.told) == (State.DOWN, ["lost", "gone"])
    assert room.desk.agents[ADA].state.value == "gone"


async def test_it_comes_back_by_its_id_and_by_no_other(room: Room):
    first, use = room.far("first"), Used()
    phone_id = room.phones.connect(ADA, first.leg)
    room.phones.use(ADA, use)
    first.hang_up(Cause.NETWORK_FAILURE)
    await room.clock.sleep(1)
    with pytest.raises(NoSuchPhone):
        room.phones.check(ADA, None, "another")
    room.phones.check(ADA, None, phone_id)
    second = room.far("second", answered=False)
    assert room.phones.connect(ADA, second.leg, phone_id=phone_id) == phone_id
    assert use.told == ["lost"]
    second.answer()
    await room.clock.sleep(0.1)
    assert use.told == ["lost", "back second"]
    assert room.phones.get(ADA) is second.leg
    await room.clock.sleep(60)
    assert room.phones.state(ADA) is State.UP


async def test_a_reload_that_is_faster_than_the_loss_is_a_loss_and_a_return(room: Room):
    first, second, use = room.far("first"), room.far("second"), Used()
    phone_id = room.phones.connect(ADA, first.leg)
    room.phones.use(ADA, use)
    room.phones.connect(ADA, second.leg, phone_id=phone_id)
    await room.clock.sleep(0.1)
    assert use.told == ["lost", "back second"]
    assert first.over and not second.over


async def test_a_telephone_comes_back_by_itself_and_its_goodbye_is_one(room: Room):
    made = [room.far("first"), room.far("second", answered=False)]
    use, left = Used(), list(made)

    def expect() -> Leg:
        return left.pop(0).leg

    room.phones.connect(ADA, expect(), again=expect)
    room.phones.use(ADA, use)
    made[0].hang_up(Cause.NETWORK_FAILURE)
    await room.clock.sleep(5)
    made[1].answer()
    await room.clock.sleep(0.1)
    assert use.told == ["lost", "back second"]
    made[1].hang_up(Cause.NORMAL)
    await room.clock.sleep(0.1)
    assert use.told[-1] == "gone" and room.phones.state(ADA) is State.DOWN


async def test_one_thing_uses_a_phone_at_a_time(room: Room):
    room.phones.connect(ADA, room.far("first").leg)
    older, newer = Used(), Used()
    room.phones.use(ADA, older)
    room.phones.use(ADA, newer)
    assert (older.told, newer.told) == (["gone"], [])
    room.phones.release(ADA, older)
    room.phones.hang_up(ADA)
    assert newer.told == ["gone"]


async def test_a_newer_session_fences_the_older(room: Room):
    news: list[object] = []
    room.desk.listen(ADA, news.append)
    older = room.phones.begin_session(ADA)
    newer = room.phones.begin_session(ADA)
    assert news[-1] == Fenced(desk_session=newer)
    room.phones.check(ADA, newer)
    room.phones.check(ADA, None)  # who names none is no older machine
    with pytest.raises(DeskSessionFenced):
        room.phones.check(ADA, older)


async def test_a_supervisors_phone_needs_no_shift_and_keeps_its_own_session(room: Room):
    sue = AgentId("sue")
    phone_id = room.phones.connect(sue, room.far("sue").leg, session="one")
    room.phones.check(sue, "one", phone_id)
    with pytest.raises(DeskSessionFenced):
        room.phones.check(sue, "other", phone_id)


async def test_a_phone_that_is_being_connected_is_waited_for_and_none_is_missing(room: Room):
    with pytest.raises(PhoneMissing):
        await room.phones.up(ADA)
    far = room.far("first", answered=False)
    room.phones.connect(ADA, far.leg)
    with pytest.raises(PhoneMissing):
        await room.phones.up(ADA, within_s=1)
    far.answer()
    assert await room.phones.up(ADA) is far.leg


async def test_a_shift_that_ends_hangs_up_the_phone_and_ends_the_session(room: Room):
    far = room.far("first")
    room.phones.connect(ADA, far.leg)
    room.phones.begin_session(ADA)
    room.desk.end_shift(ADA)
    await room.clock.sleep(1)
    assert (room.phones.state(ADA), room.phones.session_of(ADA), far.over) == (State.DOWN, None, True)
