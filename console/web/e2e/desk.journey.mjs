// An agent's last call of the shift on the real platform: the end of the shift is chosen in the call, the wrap-up is reloaded and
// left alone, the shift ends by itself, and the unfinished call is finished afterwards.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { look, shots, until } from "./demo.mjs";
import { openPlatform } from "./platform.mjs";

let platform;
before(async () => (platform = await openPlatform()));
after(() => platform.close());

test("a shift ends after its last call, and nothing of that call is lost", async () => {
  const { page, errors, context } = await platform.windowOf("agent");
  await page.getByRole("button", { name: /start/i }).first().click();
  await until(async () => (await look(page, "/api/desk")).phone.state === "up", "the telephone does not connect");
  await page.getByRole("button", { name: "Ready", exact: true }).first().click();
  const answer = page.getByRole("button", { name: /^Answer/ });
  await answer.waitFor({ timeout: 60_000 });
  await answer.click();
  await until(async () => (await look(page, "/api/desk")).call !== null, "the customer is not put through");
  const { call } = await look(page, "/api/desk");

  await page.getByRole("button", { name: "Transfer", exact: true }).click();
  await page.getByRole("dialog").getByRole("radio", { name: /Everybody/ }).waitFor();
  assert.ok(await page.getByRole("dialog").getByRole("radio", { name: /Everybody.*nobody else/ }).isDisabled(), "a queue that nobody else serves");
  await page.keyboard.press("Escape");

  const other = await context.newPage(); // what is done in one tab is seen in all
  await other.goto(page.url());
  const barOf = (tab) => tab.getByRole("region", { name: "Current call" });
  await barOf(other).getByRole("button", { name: /^Hold/ }).click();
  await barOf(page).getByRole("button", { name: /^Resume/ }).click();
  await barOf(other).getByRole("button", { name: /^Hold/ }).waitFor();
  await barOf(other).getByRole("button", { name: /^Mute/ }).click();
  await barOf(page).getByRole("button", { name: /^Unmute/ }).click();
  await barOf(other).getByRole("button", { name: /^Mute/ }).waitFor();
  await other.close();

  await page.getByRole("button", { name: "After this call" }).click();
  await page.getByRole("menuitem", { name: /end my shift/ }).click();
  await page.getByText("Your shift ends after this call.").waitFor();
  await page.getByRole("button", { name: "Take it back" }).click();
  await until(async () => (await look(page, "/api/desk")).next === "call", "it is not taken back");
  await page.getByRole("button", { name: "After this call" }).click();
  await page.getByRole("menuitem", { name: /end my shift/ }).click();
  await page.getByText("Your shift ends after this call.").waitFor();

  await page.getByLabel("Note").fill("likes mornings");
  await page.getByRole("radio", { name: "Grade C, by a person" }).click();
  await page.waitForTimeout(1_500); // it is saved 0.8 s after the last key
  await page.getByRole("button", { name: /^End/ }).first().click({ delay: 1_200 });
  await until(async () => (await look(page, "/api/desk")).wrap_up !== null, "the call does not end");
  await page.reload();
  const bar = page.getByRole("region", { name: "Current call" });
  await bar.getByText(call.number).waitFor();
  await page.getByText(call.briefing.summary[0]).first().waitFor();
  await page.getByText(call.transcript[0].text).first().waitFor();
  await until(async () => (await page.getByLabel("Note").inputValue()) === "likes mornings", "the note is lost by the reload");
  assert.equal(await page.getByRole("radio", { name: "Grade C, by a person" }).getAttribute("aria-checked"), "true");
  await page.screenshot({ path: join(shots, "real-last-wrap-up.png") });

  await page.getByText("Before your shift").waitFor({ timeout: 40_000 }); // its time runs out, and nobody is at the screen
  const gone = await look(page, "/api/desk");
  assert.deepEqual([gone.state, gone.phone.state, gone.unfinished, gone.desk_session], ["gone", "down", 1, null]);
  await page.getByRole("region", { name: "Unfinished: 1" }).getByRole("button", { name: "Finish" }).click();
  await until(async () => (await page.getByLabel("Note").inputValue()) === "likes mornings", "the note is not there");
  await page.screenshot({ path: join(shots, "real-unfinished.png") });
  await page.getByRole("radio", { name: /^1?\s*Sold/ }).click();
  await page.getByRole("button", { name: /^Save/ }).click();
  await until(async () => (await look(page, "/api/desk")).unfinished === 0, "the result was not saved");

  const customer = await look(page, `/api/customers/${call.customer_id}`);
  assert.ok(customer.timeline.some(({ kind, data }) => kind === "wrapped_up" && data.outcome === "sold" && data.grade === "C"), "no result in the timeline");
  assert.ok(customer.timeline.some(({ call_id, recording }) => call_id === call.call_id && recording), "no recording in the timeline");
  const status = await page.evaluate(async (id) => (await fetch(`/api/calls/${id}/recording`)).status, call.call_id);
  assert.equal(status, 200);
  assert.equal(await page.evaluate(() => window.peers.filter((peer) => peer.connectionState !== "closed").length), 0);
  assert.deepEqual(errors, []);
  await context.close();
});
