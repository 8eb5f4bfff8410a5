"""A simulated customer calls the platform: their sound arrives, ours reaches them, and they keep a recording of it."""

import asyncio
import json
import sys
from contextlib import aclosing
from pathlib import Path

import pytest

from kernel.clock import LoopClock
from kernel.tasks import alongside
from media.audio import level_dbfs
from media.audiosocket import AudioSocketServer
from media.exchange import ExchangeGateway
from media.ticker import Ticker

CALLER = """
lang: en
personas:
  - {id: calls_back, truth: interested, hello: ["hello"], hello_after_s: [0.2, 0.3]}
"""


@pytest.mark.timeout(60)
async def test_a_simulated_customer_calls_us(tmp_path: Path):
    (tmp_path / "people.yml").write_text(CALLER)
    (tmp_path / "numbers.json").write_text(json.dumps(["+12025550100"]))
    (tmp_path / "calls.json").write_text(json.dumps([{"number": "+12025550100", "to": "+12025550199", "after_s": 0.2}]))
    files = ["--personas", "people.yml", "--numbers", "numbers.json", "--calls", "calls.json", "--out", "."]
    exchange = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "simulation.exchange", *files),
        cwd=tmp_path,
        env={"PYTHONPATH": str(Path.cwd()), "PATH": "/usr/bin:/bin"},
        stdout=asyncio.subprocess.PIPE,
    )
    clock = LoopClock()
    ticker = Ticker(clock)
    audio = AudioSocketServer(clock=clock, ticker=ticker)
    await audio.start()
    try:
        assert exchange.stdout is not None
        port = json.loads(await exchange.stdout.readline())["port"]
        gateway = ExchangeGateway(host="127.0.0.1", port=port, audio=audio, clock=clock)
        loud = 0
        async with alongside(ticker.run(), gateway.run()):
            async with aclosing(gateway.incoming()) as calls:
                call = await anext(calls)
            assert (call.caller, call.called) == ("+12025550100", "+12025550199")
            call.answer()
            async with aclosing(call.leg.receive()) as chunks:
                async for chunk in chunks:
                    loud += level_dbfs(chunk.pcm) > -35
                    if loud >= 10:
                        break
            await call.leg.hang_up()
            while not list(tmp_path.glob("*.json.part")) and len(list(tmp_path.glob("*-*.json"))) < 1:
                await clock.sleep(0.05)
    finally:
        await audio.close()
        exchange.terminate()
        await exchange.wait()
    [report] = [json.loads(path.read_text()) for path in tmp_path.glob("*-*.json")]
    assert report["persona"] == "calls_back" and report["wav"]
    assert [turn["said"] for turn in report["turns"]] == ["hello"]
