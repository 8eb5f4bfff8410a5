// A demo of the real platform for journeys: started with its console on a free port, ended with the journey.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const shots = join(root, "out", "web");

/** `out`: where its recordings and figures lie once it is `over`. */
export async function openDemo(...options) {
  const out = mkdtempSync(join(tmpdir(), "jingyin-"));
  const demo = spawn(join(root, ".venv/bin/jingyin"), ["demo", "--headless", "--agents", "0", "--port", "0", "--out", out, ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const over = new Promise((resolve) => demo.on("exit", resolve)); // its campaign ended, or it was closed
  const port = await new Promise((resolve, reject) => {
    let said = "";
    demo.on("exit", (code) => reject(new Error(`the demo ended with ${code}: ${said}`)));
    demo.stdout.on("data", (piece) => {
      said += piece;
      const found = /console on port\s+(\d+)/.exec(said);
      if (found) resolve(found[1]);
    });
  });
  const base = `http://127.0.0.1:${port}`;
  let people;
  for (let tries = 0; tries < 240 && !people; tries += 1) {
    people = await fetch(`${base}/api/demo-users`).then((answer) => (answer.ok ? answer.json() : null), () => null);
    if (!people) await new Promise((resolve) => setTimeout(resolve, 250));
  }
  assert.ok(people, "the console did not come up");
  return {
    base,
    people,
    out,
    over,
    close: async () => {
      demo.kill("SIGTERM");
      await over;
    },
  };
}

/** A window in which one of the demo's people is logged in; by the `form`, as people do. `errors` collects what the page complains of. */
export async function windowOf(browser, demo, name, { look = "light", microphone = true, viewport = { width: 1440, height: 860 }, prepare, form = false } = {}) {
  const context = await browser.newContext({ viewport });
  if (microphone) await context.grantPermissions(["microphone"], { origin: demo.base });
  await context.addInitScript((one) => localStorage.setItem("jingyin.look", one), look);
  if (prepare) await context.addInitScript(prepare);
  const page = await context.newPage();
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  await page.goto(demo.base);
  const person = demo.people.find((one) => one.name === name);
  if (form) {
    await byForm(page, person);
    return { context, page, errors };
  }
  const answer = await page.evaluate(
    async (who) => (await fetch("/api/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(who) })).status,
    { tenant: person.tenant, name, password: person.password },
  );
  assert.equal(answer, 200);
  await page.goto(demo.base);
  return { context, page, errors };
}

async function byForm(page, { tenant, name, password }) {
  await page.getByRole("textbox", { name: "Business line" }).fill(tenant);
  await page.getByRole("textbox", { name: "Name", exact: true }).fill(name);
  await page.getByLabel("Password").fill("not this"); // a password field has no role
  await page.getByRole("button", { name: "Log in" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Log in" }).click();
}

export const look = (page, path) => page.evaluate(async (where) => await (await fetch(where)).json(), path);

export async function until(what, otherwise, seconds = 40) {
  for (let tries = 0; tries < 4 * seconds; tries += 1) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  assert.fail(otherwise);
}
