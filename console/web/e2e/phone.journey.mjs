// The softphone in a real browser, with the microphone that Chromium fakes and a far end that is a PeerConnection too.
import assert from "node:assert/strict";
import { after, before, beforeEach, afterEach, test } from "node:test";

import { farEnd, loadScenes, openStage, openWindow } from "./stage.mjs";

const { scenes } = await loadScenes();
let stage;
let far;

before(async () => (stage = await openStage()));
after(() => stage.close());
beforeEach(async () => (far = await farEnd(stage)));
afterEach(() => far.close());

/** An agent's window at the start of a shift; the platform's answers are the far end's. */
async function agent(options) {
  const window = await openWindow(stage, scenes.shiftCheck, options);
  window.handle("POST /api/desk/start-shift", () => {
    window.serve({ "/api/desk": scenes.ready.answers["/api/desk"] });
    return scenes.ready.answers["/api/desk"].body;
  });
  window.handle("POST /api/phone/offer", async ({ sdp }) => ({ sdp: await far.answer(sdp), phone_id: "p1" }));
  window.handle("POST /api/phone/resume", async ({ sdp }) => ({ sdp: await far.answer(sdp), phone_id: "p1" }));
  return window;
}

const startShift = (page) => page.getByRole("button", { name: "Start shift" }).click();
const phoneIsUp = (page) => page.locator(".topbar .meter").waitFor();
const of = (window, key) => window.sent.filter((one) => one.key === key);

async function eventually(check, within = 8000) {
  const until = performance.now() + within;
  for (;;) {
    const found = await check();
    if (found || performance.now() > until) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test("a shift begins with one click, speaks A-law, and is heard", async () => {
  const window = await agent();
  const page = await window.openPage();
  await startShift(page);
  await phoneIsUp(page);
  assert.ok(await eventually(async () => (await far.heard()).packets > 50), "the far end hears the microphone");
  assert.equal((await far.heard()).codec, "audio/PCMA");
  assert.equal(of(window, "POST /api/phone/offer")[0].body.desk_session, "s1");
  assert.deepEqual(window.errors, []);
  await window.close();
});

test("a reload resumes the same phone, without a click", async () => {
  const window = await agent();
  const page = await window.openPage();
  await startShift(page);
  await phoneIsUp(page);
  const began = performance.now();
  await page.reload();
  await phoneIsUp(page);
  assert.ok(await eventually(async () => (await far.heard()).packets > 10), "the far end hears the microphone again");
  console.log(`# reload to sound: ${Math.round(performance.now() - began)} ms`);
  const [resume] = of(window, "POST /api/phone/resume");
  assert.equal(resume.body.phone_id, "p1");
  assert.equal(resume.body.desk_session, "s1");
  assert.equal(await page.getByRole("button", { name: "Click to hear" }).count(), 0);
  await window.close();
});

test("a reload on another page than the desk resumes the phone too", async () => {
  const window = await agent();
  const page = await window.openPage();
  await startShift(page);
  await phoneIsUp(page);
  await page.goto(`${stage.base}/customers/1`);
  await phoneIsUp(page);
  assert.equal(of(window, "POST /api/phone/resume").length, 1);
  await window.close();
});

test("two tabs: the second waits, and takes over when the first closes", async () => {
  const window = await agent();
  const first = await window.openPage();
  await startShift(first);
  await phoneIsUp(first);
  const second = await window.openPage("/desk");
  await second.getByText("Your phone is in another tab").waitFor();
  assert.equal(of(window, "POST /api/phone/resume").length, 0);
  await first.close();
  await phoneIsUp(second);
  assert.equal(of(window, "POST /api/phone/resume")[0].body.phone_id, "p1");
  await window.close();
});

test("a denied microphone is said, and can be tried again once it is allowed", async () => {
  const window = await agent({ microphone: false });
  const page = await window.openPage();
  await startShift(page);
  await page.getByText("The microphone is blocked").waitFor();
  await window.context.grantPermissions(["microphone"], { origin: stage.base });
  await page.getByRole("button", { name: "Try again" }).click();
  await phoneIsUp(page);
  await window.close();
});

test("a far end that vanishes is resumed", async () => {
  const window = await agent();
  const page = await window.openPage();
  await startShift(page);
  await phoneIsUp(page);
  await far.cut();
  assert.ok(await eventually(() => of(window, "POST /api/phone/resume").length > 0, 30_000), "it resumes by itself");
  await phoneIsUp(page);
  await window.close();
});

for (const first of ["the phone", "the desk"]) {
  test(`a restarted platform knows of no shift (${first} notices first): nothing is complained of, and a shift can begin`, async () => {
    const window = await agent();
    const page = await window.openPage();
    await startShift(page);
    await phoneIsUp(page);
    for (const key of ["POST /api/phone/offer", "POST /api/phone/resume"]) {
      window.handle(key, null);
      window.serve({ [key]: { status: 404, body: { code: "handoff.no_such_agent", message: "your shift is over", remedy: "", case: "", params: {}, request_id: "r" } } });
    }
    const learn = () => {
      window.serve({ "/api/desk": scenes.shiftCheck.answers["/api/desk"] });
      window.tell({ epoch: "e1", seq: 101, topic: "desk", type: "state", at: "2026-11-26T06:31:00Z", data: {} });
    };
    if (first === "the desk") {
      learn();
      await page.getByRole("button", { name: "Start shift" }).waitFor();
    }
    await far.cut();
    if (first === "the phone") {
      await page.getByText("The phone could not connect").waitFor({ timeout: 40_000 });
      learn();
    } else {
      await page.locator(".topbar .meter").waitFor({ state: "detached", timeout: 40_000 });
    }
    await page.getByRole("button", { name: "Start shift" }).waitFor();
    assert.ok(await eventually(async () => (await page.locator(".strip").count()) === 0), "the strip is gone");
    window.handle("POST /api/phone/offer", async ({ sdp }) => ({ sdp: await far.answer(sdp), phone_id: "p2" }));
    await startShift(page);
    await phoneIsUp(page);
    await window.close();
  });
}

test("the customer's tab and the agent's tab of one browser do not fight", async () => {
  const window = await agent();
  const desk = await window.openPage();
  await startShift(desk);
  await phoneIsUp(desk);
  window.handle("POST /api/talk", async ({ sdp }) => ({ sdp: await far.answer(sdp), talk_id: "t1", engine: "pocketsphinx" }));
  const customer = await window.openPage("/talk");
  await customer.getByRole("button", { name: /With your microphone/ }).click();
  await customer.getByRole("heading", { name: "Keypad" }).waitFor();
  assert.ok(await eventually(async () => (await far.heard()).packets > 20), "the robot hears the customer");
  assert.equal(await desk.getByText("Your phone is in another tab").count(), 0);
  assert.ok(await desk.locator(".topbar .meter").isVisible());
  await window.close();
});
