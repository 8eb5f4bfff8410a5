// What depends on time and on the browser: an offer is there at once, silence is told, the ladder's microphone.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";

import { farEnd, loadScenes, openStage, openWindow } from "./stage.mjs";

const { scenes, anOffer } = await loadScenes();
const pictures = process.env.PICTURES ?? new URL("../../../out/web/", import.meta.url).pathname;
let stage;

before(async () => {
  mkdirSync(pictures, { recursive: true });
  stage = await openStage();
});
after(() => stage.close());

test("an offer's summary is on screen with the event, whatever the desk's answer takes", async () => {
  const window = await openWindow(stage, scenes.ready);
  const page = await window.openPage();
  await page.getByText("The next customer comes to you").waitFor();
  window.handle("/api/desk", () => new Promise((resolve) => setTimeout(() => resolve(scenes.offered.answers["/api/desk"].body), 3000)));
  await page.evaluate(() => {
    window.shown = new Promise((resolve) => {
      new MutationObserver((_, observer) => {
        if (!document.querySelector(".callbar")) return;
        observer.disconnect();
        requestAnimationFrame(() => resolve(performance.now()));
      }).observe(document.body, { childList: true, subtree: true });
    });
  });
  const began = await page.evaluate(() => performance.now());
  window.tell({ epoch: "e1", seq: 101, topic: "desk", type: "offer", at: new Date().toISOString(), data: anOffer() });
  const shown = await page.evaluate(() => window.shown);
  console.log(`# offer to summary: ${Math.round(shown - began)} ms, with the way from the test into the page`);
  assert.ok(await page.getByText(anOffer().briefing.summary.join(" ")).isVisible());
  await window.close();
});

test("a silent socket: the strip says as of when, and commands wait until the server is heard again", async () => {
  const window = await openWindow(stage, scenes.campaigns);
  const page = await window.openPage();
  const stop = page.getByRole("button", { name: "Stop everything" });
  await stop.waitFor();
  const began = performance.now();
  await page.getByText(/^As of /).waitFor({ timeout: 20_000 });
  console.log(`# silence to strip: ${((performance.now() - began) / 1000).toFixed(1)} s`);
  assert.ok(await stop.isDisabled());
  window.tell({ type: "ping" });
  await page.getByText(/^As of /).waitFor({ state: "detached" });
  assert.ok(await stop.isEnabled());
  await window.close();
});

test("the ladder: listening sends no sound at all, whispering does, leaving stops it", async () => {
  const far = await farEnd(stage);
  const window = await openWindow(stage, scenes.supervise);
  window.handle("POST /api/phone/offer", async ({ sdp }) => ({ sdp: await far.answer(sdp), phone_id: "p1" }));
  const board = scenes.supervise.answers["/api/board"].body;
  const { call_id: callId } = board.calls.find((call) => call.masked_name === "C. Wood");
  const monitored = (mode) => window.serve({ "/api/board": { body: { ...board, calls: board.calls.map((call) => (call.call_id === callId ? { ...call, monitored: mode } : call)) } } });
  window.handle(`POST /api/calls/${callId}/monitor`, ({ mode }) => monitored(mode) && {});
  window.handle(`DELETE /api/calls/${callId}/monitor`, () => monitored(null) && {});
  const page = await window.openPage();
  const row = page.getByRole("listitem").filter({ hasText: "C. Wood" });
  const packets = async () => (await far.heard()).packets;
  const grows = async () => {
    const before = await packets();
    await page.waitForTimeout(1500);
    return (await packets()) - before;
  };
  await row.getByRole("button", { name: "Listen" }).click();
  await row.getByText("Neither hears you.").waitFor();
  assert.equal(await grows(), 0);
  await row.getByRole("button", { name: "Whisper" }).click();
  await row.getByText("Only the agent hears you.").waitFor();
  assert.ok((await grows()) > 20);
  await page.getByRole("link", { name: "Campaigns" }).click(); // the microphone stays open, and the strip says so
  const strip = page.getByRole("region", { name: "The call you are in" });
  await strip.getByText("Only the agent hears you.").waitFor();
  assert.ok((await grows()) > 20);
  await page.screenshot({ path: `${pictures}/monitoring-strip.png` });
  await page.getByRole("link", { name: "Supervise" }).click();
  await row.getByRole("button", { name: "Leave" }).click();
  await row.getByText("Only the agent hears you.").waitFor({ state: "detached" });
  await page.waitForTimeout(300);
  assert.equal(await grows(), 0);
  assert.deepEqual(
    window.sent.filter(({ key }) => key.includes("monitor")).map(({ key, body }) => `${key.split(" ")[0]} ${body?.mode ?? ""}`.trim()),
    ["POST listen", "POST whisper", "DELETE"],
  );
  await window.close();
  await far.close();
});
