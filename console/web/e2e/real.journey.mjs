// The app on the real platform: a demo is started, its console serves the built app, simulated customers are called.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const shots = join(root, "out", "web");
const FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
let demo, browser, base, people;

before(async () => {
  mkdirSync(shots, { recursive: true });
  const out = mkdtempSync(join(tmpdir(), "jingyin-"));
  demo = spawn(join(root, ".venv/bin/jingyin"), ["demo", "--headless", "--calls", "12", "--agents", "0", "--port", "0", "--out", out], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise((resolve, reject) => {
    let said = "";
    demo.on("exit", (code) => reject(new Error(`the demo ended with ${code}: ${said}`)));
    demo.stdout.on("data", (piece) => {
      said += piece;
      const found = /console on port\s+(\d+)/.exec(said);
      if (found) resolve(found[1]);
    });
  });
  base = `http://127.0.0.1:${port}`;
  for (let tries = 0; tries < 240 && !people; tries += 1) {
    people = await fetch(`${base}/api/demo-users`).then((answer) => (answer.ok ? answer.json() : null), () => null);
    if (!people) await new Promise((resolve) => setTimeout(resolve, 250));
  }
  assert.ok(people, "the console did not come up");
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });
});

after(async () => {
  await browser?.close();
  demo.removeAllListeners("exit");
  const over = new Promise((resolve) => demo.on("exit", resolve));
  demo.kill("SIGTERM");
  await over;
});

const look = (page, path) => page.evaluate(async (where) => await (await fetch(where)).json(), path);

async function until(what, otherwise) {
  for (let tries = 0; tries < 160; tries += 1) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  assert.fail(otherwise);
}

async function windowOf(name) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 860 } });
  await context.grantPermissions(["microphone"], { origin: base });
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(base);
  const person = people.find((one) => one.name === name);
  const answer = await page.evaluate(
    async (who) => (await fetch("/api/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(who) })).status,
    { tenant: person.tenant, name, password: person.password },
  );
  assert.equal(answer, 200);
  await page.goto(base);
  return { context, page, errors };
}

test("a supervisor watches calls come and go, turn by turn", async () => {
  const { page, errors, context } = await windowOf("supervisor");
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
  await page.goto(`${base}/campaigns`);
  await page.getByRole("button", { name: "Stop everything" }).waitFor();
  await page.screenshot({ path: join(shots, "real-campaigns.png") });
  assert.deepEqual(errors, []);
  await context.close();
});

test("an agent takes a customer the robot found: summary first, then their voice, then the result", async () => {
  const { page, errors, context } = await windowOf("agent");
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
  assert.ok(customer.timeline.some((entry) => entry.text.includes("likes mornings")));
  assert.deepEqual(errors, []);
  await context.close();
});
