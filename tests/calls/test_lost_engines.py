"""The recogniser dies while several customers speak: each of them is asked again once, and no call is worse for it."""

import random
from pathlib import Path

from media.loopback import FarEnd
from simulation.personas import read_personas
from simulation.talker import Talker
from simulation.voices import Speaker
from tests.calls.people import Clean, ScriptedVoice, play
from tests.calls.world import World

PEOPLE = """
lang: en
personas:
  - id: repeats
    truth: not_interested
    line: {ring_s: [1, 1.1]}
    hello: null
    turns:
      - {on: [ask_interest, handle_objection, reprompt], say: ["i am sorry but i am really not interested"], times: 5}
"""


async def test_every_call_that_was_being_heard_is_asked_again_once(world: World, tmp_path: Path):
    leads = [world.lead, *[await world.add_lead(f"+120255501{number}") for number in (51, 52)]]
    (tmp_path / "people.yml").write_text(PEOPLE)
    [persona] = read_personas(tmp_path / "people.yml").personas
    voice = ScriptedVoice(world.recognizer.utterances)
    lost: list[int] = []

    async def customer(far: FarEnd) -> None:
        draw = random.Random(1)
        speaker = Speaker(voice="en-us", rate_wpm=160, pitch=50, unseen=False)
        talker = Talker(persona=persona, speaker=speaker, draw=draw, voice=voice, wire=Clean())
        await play(far, persona, talker, world.clock, draw)

    async def kill_when_all_speak() -> None:
        while len(world.recognizer.streams) < len(leads):
            await world.clock.sleep(0.02)
        await world.clock.sleep(0.5)
        lost.append(world.recognizer.die())

    world._background.start(kill_when_all_speak())  # the harness
    await world.call_by(customer)
    assert lost == [len(leads)]
    for lead in leads:
        told = await world.told(lead)
        asked_again = [turn for turn in told.turns("robot") if turn["because"] == "fallback: hearing lost"]
        assert len(asked_again) == 1
        assert told.result == ("not_interested", "E", "none")
        assert told.grants_open == 0
