"""Which calls are a person's own: an agent sees, hears and writes of those they had a part in, and of no other."""

from console.api import shapes
from console.api.access import Caller
from console.api.place import Place
from console.board import turn_view
from crm.call_record import CallRecord
from crm.errors import NotFound
from dialer.part import took_part, wrapped_up
from handoff.agents import AgentId
from handoff.transfer import State as TransferState
from kernel.errors import JingyinError
from kernel.tenant import Role, Scope


class NotYours(JingyinError):
    """The call is not one that this agent talks in, wraps up or has yet to finish."""

    code = "console.not_yours"


async def own_call(here: Place, who: Caller, call_id: int) -> CallRecord:
    """A call the caller may see and hear: an agent their own only, also while it is offered to them.

    Raises:
        NotFound: the tenant has no such call, or it is another's.
    """
    call = await here.crm.calls.get(who.scope, call_id)
    if who.may(Role.SUPERVISOR, Role.ADMIN):
        return call
    offered = here.platform.desk.transfer_of(who.agent_id)  # also by a colleague who puts the customer on
    at_hand = {offered.request.call_id if offered is not None else None, wrapping_up(here, who.agent_id)}
    if str(call_id) not in at_hand and not took_part(await here.crm.journal.read(who.scope, call_id), who.agent_id):
        raise NotFound("call", call_id)
    return call


def talking_in(here: Place, agent_id: AgentId) -> str | None:
    """The call in which the agent is, or is being joined."""
    transfer = here.platform.desk.transfer_of(agent_id)
    if transfer is None or transfer.state not in (TransferState.CONNECTING, TransferState.BRIDGED):
        return None
    return transfer.request.call_id


def wrapping_up(here: Place, agent_id: AgentId) -> str | None:
    """The call whose result the agent writes now."""
    request = here.platform.desk.wraps_up(agent_id)
    return request.call_id if request is not None else None


async def need_writable(here: Place, who: Caller, call_id: str) -> None:
    """The caller may write what comes of the call: they talk in it, wrap it up, or had a part in it and never finished it.

    Raises:
        NotFound: the tenant has no such call.
        NotYours: it is another's, or they have finished it.
    """
    await here.crm.calls.get(who.scope, int(call_id))
    if call_id in (talking_in(here, who.agent_id), wrapping_up(here, who.agent_id)):
        return
    entries = await here.crm.journal.read(who.scope, int(call_id))
    if not took_part(entries, who.agent_id):
        raise NotYours("this is not a call of yours", where=call_id, remedy="Reload the page.")
    if wrapped_up(entries, who.agent_id):
        raise NotYours("you have finished this call", where=call_id, remedy="Reload the page.")


async def turns_of(here: Place, scope: Scope, call_id: int) -> list[shapes.TurnView]:
    """Of a call under way from its runner, of another from its journal."""
    runner = here.platform.loop.running.get(call_id)
    if runner is not None:
        return [turn_view(index, turn) for index, turn in enumerate(runner.turns)]
    said = [entry.data for entry in await here.crm.journal.read(scope, call_id) if entry.kind == "turn"]
    return [
        shapes.TurnView(
            index=index,
            who=str(turn["who"]),
            kind=str(turn["kind"]),
            text=str(turn["text"]),
            start_ms=int(str(turn["start_ms"])),
            end_ms=int(str(turn["end_ms"])),
            intent=str(turn["intent"]) or None if turn["intent"] else None,
            confidence=float(str(turn["confidence"])) if turn["intent"] else None,
            because=str(turn["because"]) if turn["because"] else None,
        )
        for index, turn in enumerate(said)
    ]
