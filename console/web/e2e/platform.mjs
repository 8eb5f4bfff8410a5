// A demo of the real platform for journeys, and browser windows of its users.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../../..", import.meta.url));
export const shots = join(root, "out", "web");
const FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

export const look = (page, path) => page.evaluate(async (where) => await (await fetch(where)).json(), path);

/** Ask every quarter of a second, for 40 s. */
export async function until(what, otherwise) {
  for (let tries = 0; tries < 160; tries += 1) {
    if (await what()) return;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  assert.fail(otherwise);
}

/** Twelve calls, and no simulated agent: who takes them is a browser. */
export async function openPlatform() {
  mkdirSync(shots, { recursive: true });
  const out = mkdtempSync(join(tmpdir(), "jingyin-"));
  const demo = spawn(join(root, ".venv/bin/jingyin"), ["demo", "--headless", "--calls", "12", "--agents", "0", "--port", "0", "--out", out], { stdio: ["ignore", "pipe", "inherit"] });
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
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: FLAGS });

  /** A browser of one of the demo's users, logged in; `heard` tells how much sound its phone has got. */
  async function windowOf(name) {
    const context = await browser.newContext({ viewport: { width: 1440, height: 860 } });
    await context.grantPermissions(["microphone"], { origin: base });
    await context.addInitScript(() => {
      window.peers = [];
      const Real = window.RTCPeerConnection;
      window.RTCPeerConnection = class extends Real {
        constructor(...given) {
          super(...given);
          window.peers.push(this);
        }
      };
    });
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
    const heard = () =>
      page.evaluate(async () => {
        const report = [...((await window.peers.at(-1)?.getStats()) ?? new Map()).values()];
        return report.find((one) => one.type === "inbound-rtp")?.totalAudioEnergy ?? 0;
      });
    return { context, page, errors, heard };
  }

  async function close() {
    await browser.close();
    demo.removeAllListeners("exit");
    const over = new Promise((resolve) => demo.on("exit", resolve));
    demo.kill("SIGTERM");
    await over;
  }

  return { base, windowOf, close };
}
