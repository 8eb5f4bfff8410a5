// The app on the real platform: a demo is started, its console serves the built app, simulated customers are called.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";

import { look, openDemo, shots, until, windowOf } from "./demo.mjs";

const FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
let demo, browser;

before(async () => {
  mkdirSync(shots, { recursive: true });
  demo = await openDemo("--calls", "12");
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
});

after(async () => {
  await browser?.close();
  await demo?.close();
});

test("a supervisor logs in and watches calls come and go, turn by turn", async () => {
  const { page, errors, context } = await windowOf(browser, demo, "supervisor", { form: true });
  await page.waitForURL(/board/);
  await until(async () => (await look(page, "/api/board")).calls.length > 0, "nobody is called");
  assert.equal((await look(page, "/api/board")).campaigns[0].state, "running");
  await page.getByText("free lesson").first().waitFor();
  let talking;
  await until(async () => (talking = (await look(page, "/api/board")).calls.find((call) => call.last_text)), "nobody says anything");
  await page.getByText(talking.masked_number).first().waitFor(); // on the wall too, by the live socket
  await page.waitForTimeout(8_000);
  await page.screenshot({ path: join(shots, "real-board.png") });
  const sound = await page.evaluate(async (id) => {
    const answer = await fetch(`/api/calls/${id}/turns/0/audio`);
    return { status: answer.status, bytes: (await answer.arrayBuffer()).byteLength };
  }, talking.call_id);
  assert.equal(sound.status, 200);
  assert.ok(sound.bytes > 8000, `${sound.bytes} bytes of a turn's sound`);
  await page.goto(`${demo.base}/campaigns`);
  await page.getByRole("button", { name: "Stop everything" }).waitFor();
  await page.screenshot({ path: join(shots, "real-campaigns.png") });
  assert.deepEqual(errors, []);
  await context.close();
});

test("an agent takes a customer the robot found: summary first, then their voice, then the result", async () => {
  const { page, errors, context } = await windowOf(browser, demo, "agent");
  await page.waitForURL(/desk/);
  await page.getByRole("button", { name: /start/i }).first().click();
  await until(async () => (await look(page, "/api/desk")).phone.state === "up", "the telephone does not connect");
  await page.getByRole("button", { name: "Ready", exact: true }).first().click();
  const answer = page.getByRole("button", { name: /^Answer/ });
  await answer.waitFor({ timeout: 60_000 });
  const offered = await look(page, "/api/desk");
  assert.ok(offered.offer.briefing.summary.length > 0, "an offer without a summary");
  await page.getByText(offered.offer.briefing.summary[0]).first().waitFor();
  await page.screenshot({ path: join(shots, "real-offer.png") });
  await answer.click();
  await until(async () => (await look(page, "/api/desk")).call !== null, "the customer is not put through");
  await page.waitForTimeout(5_000);
  await page.screenshot({ path: join(shots, "real-call.png") });
  const { call } = await look(page, "/api/desk");
  await page.getByRole("button", { name: /^End/ }).first().click({ delay: 1_200 }); // it is held: nobody ends a call by a slip
  await page.getByRole("radio", { name: /Interested/ }).first().click();
  await page.getByLabel("Note").fill("likes mornings");
  const save = page.getByRole("button", { name: /Save and next/ });
  await until(() => save.isEnabled(), "the result cannot be saved");
  await page.waitForTimeout(1_200);
  await page.screenshot({ path: join(shots, "real-wrap-up.png") });
  await save.click();
  await until(async () => (await look(page, "/api/desk")).wrap_up === null, "the result was not saved");
  const customer = await look(page, `/api/customers/${call.customer_id}`);
  assert.ok(customer.timeline.some(({ data }) => data.text?.includes("likes mornings")));
  assert.deepEqual(errors, []);
  await context.close();
});
