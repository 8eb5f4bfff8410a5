// The running platform read in Chinese: on no page a word of English, but for what people said and named.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { chromium } from "playwright-core";

import { look, openDemo, shots, until, windowOf } from "./demo.mjs";
import { untranslated } from "./words.mjs";

const inChinese = () => localStorage.setItem("jingyin.lang", "zh");
let demo, browser;

before(async () => {
  mkdirSync(shots, { recursive: true });
  demo = await openDemo("--calls", "12", "--concurrency", "2");
  browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"] });
});
after(async () => {
  await browser?.close();
  await demo?.close();
});

const open = (name) => windowOf(browser, demo, name, { prepare: inChinese });

async function read(page, name) {
  await page.locator("h1, h2, .callbar, .ant-result, .ant-alert").first().waitFor();
  await page.waitForTimeout(800);
  await page.screenshot({ path: join(shots, `words-${name}.png`) });
  assert.deepEqual(await untranslated(page), [], `left in English on ${name}`);
}

const goTo = async (page, path, name) => {
  await page.goto(demo.base + path);
  await read(page, name);
};

test("a supervisor's pages, while calls are under way", async () => {
  const { page, errors } = await open("supervisor");
  await until(async () => (await look(page, "/api/board")).calls.some((call) => call.stage === "robot" && call.last_text), "no call is under way");
  await goTo(page, "/board", "board");
  await page.locator(".card").first().click();
  await page.locator(".transcript").waitFor();
  await read(page, "board-call");
  await goTo(page, "/supervise", "supervise");
  await goTo(page, "/campaigns", "campaigns");
  await page.getByText(/条线路/).first().waitFor(); // the pacer's word
  await goTo(page, "/nowhere", "nowhere");
  await until(async () => (await look(page, "/api/calls?campaign_id=" + (await look(page, "/api/campaigns"))[0].id)).some((call) => call.stage === "ended"), "no call ends", 90);
  const ended = (await look(page, "/api/calls?campaign_id=" + (await look(page, "/api/campaigns"))[0].id)).find((call) => call.stage === "ended");
  const { customer_id: customer } = await look(page, `/api/calls/${ended.call_id}`);
  await goTo(page, `/customers/${customer}`, "customer");
  await page.keyboard.press("Control+k");
  await read(page, "palette");
  assert.deepEqual(errors, []);
});

test("what an agent is refused, and their desk", async () => {
  const { page, errors } = await open("agent");
  await goTo(page, "/board", "forbidden");
  await page.getByText("需要“班长或管理员”角色。").waitFor();
  await goTo(page, "/customers/1", "no-customer");
  await page.getByText("本业务线没有该客户。").waitFor();
  await goTo(page, "/desk", "desk");
  await page.getByRole("button", { name: "开始上班" }).click();
  await until(async () => (await look(page, "/api/desk")).phone.state === "up", "the telephone does not connect");
  await read(page, "desk-not-ready");
  await page.getByRole("button", { name: "就绪", exact: true }).first().click();
  await until(async () => (await look(page, "/api/desk")).status === "ready", "not ready");
  await read(page, "desk-ready");
  assert.deepEqual(errors, []);
});

test("a talk with the robot, and the way in", async () => {
  const { page, errors } = await open("designer");
  await goTo(page, "/talk", "talk");
  await page.getByRole("button", { name: /打字/ }).last().click();
  await page.locator(".transcript .turn.robot").first().waitFor();
  await page.getByLabel("以客户身份说点什么").fill("can i talk to a person");
  await page.keyboard.press("Enter");
  await page.locator(".transcript .turn.system").waitFor({ timeout: 60_000 });
  await read(page, "talk-ended");
  await page.evaluate(async () => fetch("/api/logout", { method: "POST", headers: { "x-csrf-token": (await (await fetch("/api/me")).json()).csrf } }));
  await goTo(page, "/login", "login");
  await page.getByLabel("密码").fill("not this");
  await page.getByLabel("用户名").fill("nobody");
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await page.getByText("业务线、用户名和密码不匹配。").waitFor();
  await read(page, "login-refused");
  assert.deepEqual(errors, []);
});
