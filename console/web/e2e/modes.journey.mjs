// The other two ways to call, on the real platform: one sentence and its answer; and predictive, where customers come without being asked for.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";

import { look, openDemo, shots, until, windowOf } from "./demo.mjs";

const FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
let browser;
before(async () => {
  mkdirSync(shots, { recursive: true });
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
});
after(() => browser?.close());

/** The board of the one campaign, chosen by its name and mode. */
async function boardOf(page, campaign) {
  await page.waitForURL(/board/);
  await page.getByRole("combobox", { name: "Campaign" }).click();
  await page.getByTitle(campaign).click();
  await page.waitForURL(/campaign=/);
}

test("one sentence: a customer hears it, answers, and the board says what they answered", async () => {
  const demo = await openDemo("--mode", "one_sentence", "--calls", "12", "--concurrency", "2");
  try {
    const { page, errors, context } = await windowOf(browser, demo, "supervisor");
    await boardOf(page, "payment reminder · one sentence");
    const robot = page.getByRole("region", { name: "Robot", exact: true });
    await robot.getByRole("button").first().click();
    const panel = page.getByRole("region", { name: "Call", exact: true });
    await panel.getByText(/Your payment of thirty dollars/).first().waitFor({ timeout: 40_000 });
    await panel.getByText("Outcome").waitFor({ timeout: 60_000 }); // it is over
    await panel.getByText(/^(Confirmed|Declined)$/).waitFor();
    await page.screenshot({ path: join(shots, "real-one-sentence.png") });
    const [{ id }] = (await look(page, "/api/board")).campaigns;
    const ended = (await look(page, `/api/calls?campaign_id=${id}`)).filter((call) => call.outcome);
    assert.ok(ended.length > 0);
    for (const call of ended) assert.equal(call.served === "agent", false, "nobody is put through to a person");
    await page.goto(`${demo.base}/campaigns`);
    await page.getByText(/one sentence · reminder_en/).waitFor();
    assert.deepEqual(errors, []);
    await context.close();
  } finally {
    await demo.close();
  }
});

test("predictive: an agent who is ready has a customer on the line without a click", async () => {
  const demo = await openDemo("--mode", "predictive", "--calls", "12");
  try {
    const supervisor = await windowOf(browser, demo, "supervisor", { microphone: false });
    await boardOf(supervisor.page, "lesson offers · predictive");
    const { page, errors, context } = await windowOf(browser, demo, "agent");
    await page.getByRole("button", { name: /start/i }).first().click();
    await until(async () => (await look(page, "/api/desk")).phone.state === "up", "the telephone does not connect");
    await page.getByRole("button", { name: "Ready", exact: true }).first().click();
    await until(async () => (await look(page, "/api/desk")).call !== null, "no customer comes", 90);
    await page.getByRole("button", { name: /^End/ }).first().waitFor();
    const { call } = await look(page, "/api/desk");
    const human = supervisor.page.getByRole("region", { name: "With a person", exact: true });
    await human.getByText(call.number).first().click();
    await page.screenshot({ path: join(shots, "real-predictive.png") });
    await page.waitForTimeout(4_000);
    await page.getByRole("button", { name: /^End/ }).first().click({ delay: 1_200 });
    await until(async () => (await look(page, "/api/desk")).wrap_up !== null, "the call does not end");
    const panel = supervisor.page.getByRole("region", { name: "Call", exact: true });
    await panel.getByText("Handed over to an agent").waitFor();
    await supervisor.page.screenshot({ path: join(shots, "real-predictive-board.png") });
    const journal = await look(supervisor.page, `/api/calls/${call.call_id}/journal`);
    assert.equal(journal.some(({ kind, data }) => kind === "turn" && data.who === "robot"), false, "no robot spoke before the agent");
    assert.deepEqual([...errors, ...supervisor.errors], []);
    await supervisor.context.close();
    await context.close();
  } finally {
    await demo.close();
  }
});
