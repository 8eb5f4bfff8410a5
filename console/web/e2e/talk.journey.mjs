// Being the robot's customer in a real browser, on the real platform: typed, and with a microphone that speaks.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";

import { look, openDemo, root, shots, until, windowOf } from "./demo.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const viewport = { width: 1440, height: 900 };
// What the microphone hears, by espeak: seconds of silence, and words in the pauses of the robot.
const SCRIPT = ["3", "hello", "17", "how much does it cost", "14", "i am not interested", "12", "no thank you", "20"];
let demo, spoken;

before(async () => {
  mkdirSync(shots, { recursive: true });
  spoken = join(mkdtempSync(join(tmpdir(), "jingyin-")), "customer.wav");
  execFileSync(join(root, ".venv/bin/python"), ["-m", "tests.e2e.spoken", spoken, ...SCRIPT], { cwd: root });
  demo = await openDemo("--calls", "12", "--concurrency", "1"); // calls go on meanwhile, one at a time
});
after(() => demo?.close());

const launch = (...flags) => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", ...flags] });

async function clean(page) {
  const found = await page.evaluate(`(() => { const module = undefined; ${axe}; return axe.run(document, { resultTypes: ["violations"] }); })()`);
  assert.deepEqual(
    found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`).join(" | ")}`),
    [],
  );
}

const turns = (page, who) => page.locator(`.transcript .turn.${who}:not(.partial)`);

async function typed(appearance) {
  const browser = await launch();
  try {
    const { page, errors } = await windowOf(browser, demo, "designer", { look: appearance, viewport, microphone: false });
    await page.waitForURL(/talk/); // a designer begins here
    await page.getByRole("button", { name: /By typing/ }).waitFor();
    await page.waitForTimeout(600);
    await page.screenshot({ path: join(shots, `talk-choice-${appearance}.png`) });
    await clean(page);
    await page.getByRole("button", { name: /By typing/ }).click();
    await page.getByText(/this call is recorded/).first().waitFor();
    const say = async (words) => {
      await page.getByLabel("Say something, as the customer").fill(words);
      await page.keyboard.press("Enter");
      await turns(page, "customer").filter({ hasText: words }).waitFor();
    };
    await say("how much does it cost");
    await turns(page, "customer").filter({ hasText: "ask_price" }).waitFor();
    await turns(page, "robot").filter({ hasText: "thirty dollars" }).waitFor();
    await page.getByRole("region", { name: "Why it answered that" }).getByText(/utter_answer_price/).waitFor();
    await page.waitForTimeout(600);
    await page.screenshot({ path: join(shots, `talk-typed-${appearance}.png`) });
    await clean(page);
    await say("can i talk to a person");
    await page.getByText(/An agent would take over here/).waitFor();
    await page.getByText(/wants to speak to a person/).first().waitFor();
    await page.getByRole("status").filter({ hasText: "An agent would have taken over here." }).waitFor();
    await page.waitForTimeout(600);
    await page.screenshot({ path: join(shots, `talk-ended-${appearance}.png`) });
    await clean(page);
    await page.getByRole("button", { name: "Once more" }).click();
    await page.getByRole("button", { name: /By typing/ }).click();
    await page.getByText(/this call is recorded/).first().waitFor();
    await page.getByRole("button", { name: "9", exact: true }).click(); // the key that is offered to who wants no calls
    await page.getByText(/wants no more calls/).first().waitFor();
    assert.deepEqual(errors, []);
  } finally {
    await browser.close();
  }
}

test("a talk is typed to its end, in light", () => typed("light"));
test("and in dark", () => typed("dark"));

test("a voice is heard, understood and answered, and the robot is heard", async () => {
  const browser = await launch("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-audio-capture=${spoken}%noloop`);
  try {
    const { page, errors } = await windowOf(browser, demo, "designer", {
      viewport,
      prepare: () => {
        window.peers = [];
        window.asked = [];
        window.RTCPeerConnection = class extends RTCPeerConnection {
          constructor(...given) {
            super(...given);
            window.peers.push(this);
          }
        };
        const ask = window.navigator.mediaDevices.getUserMedia.bind(window.navigator.mediaDevices);
        window.navigator.mediaDevices.getUserMedia = (wanted) => {
          window.asked.push(wanted);
          return ask(wanted);
        };
      },
    });
    await page.getByRole("button", { name: /With your microphone/ }).click();
    await page.getByText(/this call is recorded/).first().waitFor({ timeout: 40_000 });
    // As agents' browsers ask for it: what is said goes through the browser's own cleaning.
    const cleaning = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
    assert.deepEqual(await page.evaluate(() => window.asked), [{ audio: cleaning }]);
    const question = turns(page, "customer").filter({ hasText: "how much does it cost" });
    await question.waitFor({ timeout: 60_000 });
    assert.match(await question.first().innerText(), /ask_price/);
    await turns(page, "robot").filter({ hasText: "thirty dollars" }).first().waitFor();
    await page.waitForTimeout(3_000);
    await page.screenshot({ path: join(shots, "talk.png") });
    await clean(page);
    const heard = await page.evaluate(async () => {
      const report = [...(await window.peers.at(-1).getStats()).values()];
      const inbound = report.find((one) => one.type === "inbound-rtp");
      const codec = report.find((one) => one.id === inbound.codecId);
      return { energy: inbound.totalAudioEnergy, seconds: inbound.totalSamplesDuration, codec: codec?.mimeType };
    });
    assert.equal(heard.codec, "audio/PCMA");
    // The greeting alone is ten seconds; a silent track has no energy. RMS of all that came, silence included:
    assert.ok(Math.sqrt(heard.energy / heard.seconds) > 0.01, `the robot is not heard: ${JSON.stringify(heard)}`);
    await page.getByRole("button", { name: "Once more" }).waitFor({ timeout: 90_000 });
    await page.screenshot({ path: join(shots, "talk-voice-ended.png") });
    const latency = await page.getByRole("region", { name: "Answer time" }).innerText();
    assert.match(latency, /Median [1-9]\d* ms/);
    assert.deepEqual(errors, []);
    process.stdout.write(`${(await page.locator(".transcript").innerText()).replaceAll("\n", " | ")}\n${latency}\n`);
  } finally {
    await browser.close();
  }
});

test("a microphone that only beeps is asked again, not taken for a mailbox, and the end says that nothing was heard", async () => {
  const browser = await launch("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"); // a beep every half second
  try {
    const { page, errors } = await windowOf(browser, demo, "designer", { viewport });
    await page.getByRole("button", { name: /With your microphone/ }).click();
    await page.getByText(/this call is recorded/).first().waitFor({ timeout: 40_000 });
    await page.waitForTimeout(15_000);
    assert.equal(await page.getByRole("button", { name: "Once more" }).count(), 0, "the talk is over");
    await page.getByText(/asked again 1|Nothing was understood/).first().waitFor({ timeout: 45_000 });
    await page.screenshot({ path: join(shots, "talk-beeps.png") });
    await page.getByRole("status").filter({ hasText: /Nothing was heard|did not understand/ }).waitFor({ timeout: 60_000 });
    await page.screenshot({ path: join(shots, "talk-beeps-ended.png") });
    await clean(page);
    assert.deepEqual(errors, []);
  } finally {
    await browser.close();
  }
});

test("a page that is closed has hung up", async () => {
  const browser = await launch();
  try {
    const { page, context } = await windowOf(browser, demo, "admin", { viewport, microphone: false });
    await page.goto(`${demo.base}/talk`);
    const begun = page.waitForResponse((answer) => answer.url().endsWith("/api/talk"));
    await page.getByRole("button", { name: /By typing/ }).click();
    const { talk_id: id } = await (await begun).json();
    await page.getByText(/this call is recorded/).first().waitFor();
    const other = await context.newPage();
    await other.goto(`${demo.base}/campaigns`);
    await page.close({ runBeforeUnload: false });
    await until(async () => (await look(other, `/api/talk/${id}`)).events.some(({ type }) => type === "ended"), "the robot talks to nobody", 15);
  } finally {
    await browser.close();
  }
});

test("without a microphone, typing is one click away", async () => {
  const browser = await launch("--use-fake-device-for-media-stream");
  try {
    const { page, errors } = await windowOf(browser, demo, "designer", { viewport, microphone: false });
    await page.getByRole("button", { name: /With your microphone/ }).click();
    await page.getByText("The microphone is blocked").waitFor();
    await page.waitForTimeout(600);
    await page.screenshot({ path: join(shots, "talk-denied.png") });
    await clean(page);
    await page.getByRole("button", { name: "Type instead" }).click();
    await page.getByText(/this call is recorded/).first().waitFor();
    assert.deepEqual(errors, []);
  } finally {
    await browser.close();
  }
});
