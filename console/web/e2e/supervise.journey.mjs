// Supervision on the real platform: a browser takes a customer, another listens, whispers and barges, and is told on every page
// who hears them; a reload in mid-call goes on.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { look, shots, until } from "./demo.mjs";
import { openPlatform } from "./platform.mjs";

let platform;
before(async () => (platform = await openPlatform()));
after(() => platform.close());

const callOf = async (page, id) => (await look(page, "/api/board")).calls.find((call) => call.call_id === id);

test("a supervisor listens, whispers and leaves; the agent reloads, and moves to another machine and back, in mid-call", async () => {
  const agent = await platform.windowOf("agent");
  await agent.page.getByRole("button", { name: /start/i }).first().click();
  await until(async () => (await look(agent.page, "/api/desk")).phone.state === "up", "the telephone does not connect");
  await agent.page.getByRole("button", { name: "Ready", exact: true }).first().click();
  const answer = agent.page.getByRole("button", { name: /^Answer/ });
  await answer.waitFor({ timeout: 60_000 });
  await answer.click();
  await until(async () => (await look(agent.page, "/api/desk")).call !== null, "the customer is not put through");
  const { call } = await look(agent.page, "/api/desk");

  const supervisor = await platform.windowOf("supervisor");
  await supervisor.page.getByRole("link", { name: "Supervise" }).click();
  const row = supervisor.page.getByRole("listitem").filter({ hasText: call.number }).filter({ has: supervisor.page.getByRole("button", { name: "Whisper" }) });
  await row.getByRole("button", { name: "Listen", exact: true }).click();
  await until(async () => (await callOf(supervisor.page, call.call_id))?.monitored === "listen", "nobody listens");
  await until(async () => (await supervisor.heard()) > 0, "the supervisor hears nothing");
  const packets = () => supervisor.page.evaluate(async () => {
    const peer = window.peers.find((one) => one.connectionState === "connected");
    for (const report of (await peer.getStats()).values()) if (report.type === "inbound-rtp") return report.packetsReceived;
    return 0;
  });
  const connections = () => supervisor.page.evaluate(() => window.peers.length);
  const [before, began0] = [await packets(), await connections()];
  await supervisor.page.waitForTimeout(15_000); // who only listens sends nothing, and is there all the same
  assert.ok((await packets()) - before > 14 * 50, "the sound for a listener breaks off");
  assert.equal(await connections(), began0, "a listener's phone was lost and came back");
  await row.getByRole("button", { name: "Whisper", exact: true }).click();
  await until(async () => (await callOf(supervisor.page, call.call_id))?.monitored === "whisper", "nobody whispers");
  await supervisor.page.getByText("Only the agent hears you.").waitFor();
  await supervisor.page.screenshot({ path: join(shots, "real-supervise.png") });

  await row.getByRole("button", { name: "Barge", exact: true }).click();
  await supervisor.page.getByText("Both hear you.").waitFor();
  await supervisor.page.getByRole("link", { name: "Campaigns" }).click(); // the microphone stays open, and is seen to be
  const strip = supervisor.page.getByRole("region", { name: "The call you are in" });
  await strip.getByText("Both hear you.").waitFor();
  await agent.page.getByRole("button", { name: /^Hold/ }).first().click();
  await strip.getByText("Only the agent hears you. The customer is on hold and hears music.").waitFor();
  await agent.page.getByRole("button", { name: /^On hold/ }).waitFor();
  await supervisor.page.getByRole("link", { name: "Talk to the robot" }).click();
  await supervisor.page.getByRole("button", { name: /With your microphone/ }).click();
  await supervisor.page.getByText("Your microphone is open in a call").waitFor();
  await supervisor.page.screenshot({ path: join(shots, "real-barging-elsewhere.png") });
  await agent.page.getByRole("button", { name: /^Resume/ }).first().click();
  await strip.getByText("Both hear you.").waitFor();
  await strip.getByRole("button", { name: "Leave" }).click();
  await until(async () => (await callOf(supervisor.page, call.call_id))?.monitored === null, "the supervisor does not leave by the strip");
  await strip.waitFor({ state: "detached" });
  await supervisor.page.getByRole("link", { name: "Supervise" }).click();
  await row.getByRole("button", { name: "Whisper", exact: true }).click();
  await until(async () => (await callOf(supervisor.page, call.call_id))?.monitored === "whisper", "nobody whispers again");

  await supervisor.page.reload(); // back at listening, on the same call, without a click
  await until(async () => (await callOf(supervisor.page, call.call_id))?.monitored === "listen", "nobody listens after the reload");
  await supervisor.page.getByText("Neither hears you.").waitFor();
  await until(async () => (await supervisor.heard()) > 0, "the supervisor hears nothing after the reload");

  await agent.page.getByLabel("Note").fill("likes mornings");
  await agent.page.waitForTimeout(1_500); // it is saved 0.8 s after the last key
  const began = performance.now();
  await agent.page.reload();
  await until(async () => {
    const desk = await look(agent.page, "/api/desk");
    return desk.phone.state === "up" && desk.call?.call_id === call.call_id;
  }, "the call did not go on after the reload");
  await until(async () => (await agent.heard()) > 0, "the agent hears nothing after the reload");
  console.log(`# reload to sound in the same call: ${Math.round(performance.now() - began)} ms`);
  await until(async () => (await agent.page.getByLabel("Note").inputValue()) === "likes mornings", "the note is lost by the reload");

  const tab = await agent.context.newPage(); // a second tab of the browser that has the phone
  await tab.goto(`${platform.base}/desk`);
  await tab.getByText("Your phone is in another tab").waitFor();
  await tab.close();
  const machine = await platform.windowOf("agent"); // a browser of its own
  await machine.page.getByText("Your phone is in use elsewhere").waitFor();
  assert.equal(await machine.heard(), 0);
  await machine.page.getByRole("button", { name: "Use this one" }).click();
  await agent.page.getByText("Your phone is in use elsewhere").waitFor(); // fenced, and still
  await until(async () => (await machine.heard()) > 0, "the second machine hears nothing");
  assert.equal((await look(machine.page, "/api/desk")).call?.call_id, call.call_id, "the call did not go on at the second machine");
  assert.deepEqual(await agent.page.evaluate(() => window.peers.map((peer) => peer.connectionState)), ["closed"]);
  assert.deepEqual(machine.errors, []);
  await agent.page.getByRole("button", { name: "Use this one" }).click(); // and back
  await machine.page.getByText("Your phone is in use elsewhere").waitFor();
  await machine.context.close();
  await until(async () => (await agent.heard()) > 0, "the first machine hears nothing");

  await row.getByRole("button", { name: "Leave", exact: true }).click();
  await until(async () => (await callOf(supervisor.page, call.call_id))?.monitored === null, "the supervisor is still there");
  await supervisor.page.waitForTimeout(5_000);
  assert.equal(await supervisor.page.getByText("No sound is arriving").count(), 0);
  await agent.page.getByRole("button", { name: /^Hold/ }).first().click();
  await until(async () => (await look(agent.page, "/api/desk")).call?.held === true, "the customer is not on hold");
  await agent.page.getByRole("button", { name: /^Resume/ }).first().click();
  await until(async () => (await look(agent.page, "/api/desk")).call?.held === false, "the customer is still on hold");
  let kinds = []; // the journal is written behind the call
  await until(async () => {
    kinds = (await look(supervisor.page, `/api/calls/${call.call_id}/journal`)).map((entry) => entry.kind);
    return kinds.includes("resumed");
  }, "no end of the hold in the journal");
  for (const kind of ["monitored", "monitor_left", "phone_back", "held"]) assert.ok(kinds.includes(kind), `no ${kind} in the journal`);
  await agent.page.getByRole("button", { name: /^End/ }).first().click({ delay: 1_200 });
  await until(async () => (await look(agent.page, "/api/desk")).wrap_up !== null, "the call does not end");
  assert.deepEqual([...agent.errors, ...supervisor.errors], []);
  await supervisor.context.close();
  await agent.context.close();
});
