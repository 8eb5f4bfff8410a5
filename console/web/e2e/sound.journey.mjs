// What the agent's browser really gets of a customer's voice, and the customer of the agent's: recorded, and compared with what was said.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";

import { look, openDemo, root, until, windowOf } from "./demo.mjs";

// What the agent's microphone hears, over and over: phrases, and pauses in which the customer answers each.
const SCRIPT = ["1.5", "good morning, this is the language school, how are you today", "2.8", "our teachers speak with you about things that you like", "2.8", "we could begin on monday or on wednesday", "2.8", "then i will write everything down for you", "2"];
const TALK_S = 40;
// One customer who asks for a person at once, on a line so quiet that it is our path that is measured.
const PERSONAS = `
lang: en
defaults: {noise_db: 45, patience_s: 20}
personas:
  - id: wants_somebody
    truth: wants_person
    voice: en-us+f3
    line: {ring_s: [1, 1.2]}
    hello: ["hello"]
    turns:
      - {on: [pitch, ask_interest, reprompt], say: ["can i talk to a person please"], times: 3}
      - {on: [offer_person], say: ["yes please"], times: 3}
`;
const folder = mkdtempSync(join(tmpdir(), "jingyin-"));
const [microphone, track, personas] = ["agent.wav", "track.wav", "personas.yml"].map((name) => join(folder, name));
const python = (module, ...given) => execFileSync(join(root, ".venv/bin/python"), ["-m", module, ...given], { cwd: root, encoding: "utf8" });
let demo, browser;

before(async () => {
  python("tests.e2e.spoken", microphone, ...SCRIPT);
  writeFileSync(personas, PERSONAS);
  demo = await openDemo("--calls", "1", "--personas", personas);
  const flags = ["--no-sandbox", "--use-fake-device-for-media-stream", `--use-file-for-fake-audio-capture=${microphone}`];
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: flags });
});
after(async () => {
  await browser?.close();
  await demo?.close();
});

/** In the page: whatever a connection receives, sample by sample as the browser plays it, and what the microphone is asked for. */
const record = () => {
  window.asked = [];
  const devices = window.navigator.mediaDevices;
  const ask = devices?.getUserMedia.bind(devices);
  if (ask) devices.getUserMedia = (wanted) => (window.asked.push(wanted), ask(wanted));
  window.heard = { rate: 0, samples: 0, since: Infinity, pieces: [] };
  const Real = window.RTCPeerConnection;
  window.RTCPeerConnection = class extends Real {
    constructor(...given) {
      super(...given);
      this.addEventListener("track", async ({ track: got }) => {
        const reader = new window.MediaStreamTrackProcessor({ track: got.clone() }).readable.getReader();
        for (let next = await reader.read(); !next.done; next = await reader.read()) {
          const piece = new Float32Array(next.value.numberOfFrames);
          next.value.copyTo(piece, { planeIndex: 0, format: "f32-planar" });
          window.heard.rate = next.value.sampleRate;
          window.heard.samples += piece.length;
          // When the first sample came, by the piece that came with the least delay.
          window.heard.since = Math.min(window.heard.since, Date.now() / 1000 - window.heard.samples / window.heard.rate);
          window.heard.pieces.push(Int16Array.from(piece, (one) => Math.max(-32768, Math.min(32767, Math.round(32768 * one)))));
          next.value.close();
        }
      });
    }
  };
};

/** What was received, as a WAV file, and since when (UNIX time). */
async function recorded(page) {
  const { rate, since, sound } = await page.evaluate(async () => {
    const { rate, since, pieces } = window.heard;
    const read = new window.FileReader();
    const url = await new Promise((resolve) => ((read.onload = () => resolve(read.result)), read.readAsDataURL(new window.Blob(pieces))));
    return { rate, since, sound: url.slice(url.indexOf(",") + 1) };
  });
  const pcm = Buffer.from(sound, "base64");
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + pcm.length, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20); // PCM
  head.writeUInt16LE(1, 22); // one channel
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(2 * rate, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(pcm.length, 40);
  return { since, wav: Buffer.concat([head, pcm]) };
}

test("customer and agent each hear the other's voice, and not their own", async () => {
  const { page, errors } = await windowOf(browser, demo, "agent", { prepare: record });
  await page.getByRole("button", { name: /start/i }).first().click();
  await until(async () => (await look(page, "/api/desk")).phone.state === "up", "the telephone does not connect");
  await page.getByRole("button", { name: "Ready", exact: true }).first().click();
  const answer = page.getByRole("button", { name: /^Answer/ });
  await answer.waitFor({ timeout: 60_000 });
  await answer.click();
  await until(async () => (await look(page, "/api/desk")).call !== null, "the customer is not put through");
  const cleaning = { echoCancellation: true, noiseSuppression: true, autoGainControl: true, channelCount: 1 };
  assert.deepEqual(await page.evaluate(() => window.asked), [{ audio: cleaning }]);
  await page.waitForTimeout(TALK_S * 1000);
  assert.notEqual((await look(page, "/api/desk")).call, null, "the customer did not stay");
  const { since, wav } = await recorded(page);
  writeFileSync(track, wav);
  await page.getByRole("button", { name: /^End/ }).first().click({ delay: 1_200 });
  await demo.over; // its one call is: recording and figures are written
  const { browser: atBrowser, customer } = JSON.parse(python("tests.e2e.same_sound", demo.out, track, String(since), microphone));
  console.log(`# the browser's received track: ${JSON.stringify(atBrowser)}`);
  console.log(`# what the customer hears: ${JSON.stringify(customer)}`);
  assert.ok(atBrowser.each.length >= 2, "too little was said");
  // Each line at its own lag: a jitter buffer may stretch one of them, so what counts is all that was said.
  assert.ok(atBrowser.pooled >= 0.95, `the customer's voice arrives damaged: ${atBrowser.pooled}`);
  assert.ok(atBrowser.other.pooled < 0.3, `the agent hears themselves: ${atBrowser.other.pooled}`);
  // The browser's echo and noise suppression and gain are in this way: what is sent is not what the microphone heard. The
  // middle one counts, since a phrase that began before the customer was there, or was being said at the end, is not heard whole.
  const middle = customer.each.toSorted((one, other) => one - other)[Math.floor(customer.each.length / 2)];
  assert.ok(middle > 0.6, `the agent's voice arrives damaged: ${middle}`);
  assert.ok(middle > customer.other.pooled + 0.3, `the customer hears themselves: ${customer.other.pooled}`);
  assert.deepEqual(errors, []);
});
