// A long talk on small screens: the newest words, the input and the controls stay on screen; at the end, the button to go on.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { after, before, test } from "node:test";

import { loadScenes, openStage, openWindow } from "./stage.mjs";

const pictures = process.env.PICTURES ?? new URL("../../../out/web/", import.meta.url).pathname;
const { scenes } = await loadScenes();
const WORDS = {
  en: { again: "Once more", say: /Say something/, hangUp: "Hang up", line: "We teach languages online, with real teachers, and your first lesson is free. Would you like to try a free lesson?", asks: "how much does it cost" },
  zh: { again: "再来一次", say: /以客户身份/, hangUp: "挂断", line: "我们在线教授语言，由真人老师上课，第一节课免费。您想试听一节免费课吗？", asks: "这个课要多少钱" },
};
const SUMMARY = {
  en: ["The customer is interested and wants to speak to a person.", "Spoke of: price, discount, how. Callback promised tomorrow at 3 pm.", 'Said: "how much does it cost", "yes please", "can i talk to a person about that"'],
  zh: ["客户感兴趣，想跟人工说话。", "谈到：价格、优惠、怎么上课。约定明天下午3点回电。", "原话：“这个课要多少钱”、“好的可以试试”、“我想跟你们的老师说话”"],
};
let stage;

before(async () => {
  mkdirSync(pictures, { recursive: true });
  stage = await openStage();
});
after(() => stage.close());

const exchanges = (lang) =>
  Array.from({ length: 20 }, (_, index) => ({
    ...{ index, who: index % 2 ? "customer" : "robot", kind: index % 2 ? "speech" : "prompt", text: index % 2 ? WORDS[lang].asks : WORDS[lang].line },
    ...{ start_ms: index * 6000, end_ms: index * 6000 + 4000, intent: index % 2 ? "ask_price" : null, confidence: index % 2 ? 0.93 : null, because: index % 2 ? null : "rule: answer a question" },
  }));

async function onScreen(page, thing, viewport) {
  const box = await thing.boundingBox();
  assert.ok(box, "it is drawn");
  const within = (await thing.evaluate((one) => JSON.stringify(one.closest(".scroll")?.getBoundingClientRect() ?? null))) ?? "null";
  const { x, y, width, height } = JSON.parse(within) ?? { x: 0, y: 0, ...viewport };
  const inside = box.x >= x && box.y >= y && box.x + box.width <= x + width && box.y + box.height <= y + height;
  assert.ok(inside, `off the screen: ${JSON.stringify(box)}`);
}

/** Nothing in front of it, nothing cut. */
async function whole(thing) {
  assert.ok(await thing.evaluate((one) => one.scrollWidth <= one.clientWidth + 1 && one.scrollHeight <= one.clientHeight + 1), "its words are cut off");
  await thing.click({ trial: true });
}

for (const viewport of [
  { width: 1280, height: 720 },
  { width: 1440, height: 900 },
]) {
  for (const [look, lang] of [
    ["light", "en"],
    ["dark", "en"],
    ["light", "zh"],
    ["dark", "zh"],
  ]) {
    test(`ten exchanges at ${viewport.width}x${viewport.height}, ${look}, ${lang}`, async () => {
      const said = exchanges(lang);
      const events = said.map((data, index) => ({ topic: "talks/t1", type: "turn", seq: 101 + index, epoch: "e1", data }));
      const window = await openWindow(stage, { ...scenes.talk, events }, { look, lang, viewport });
      const page = await window.openPage();
      const { again, say, hangUp } = WORDS[lang];
      await page.getByRole("button", { name: /^(By typing|打字)/ }).click();
      const turns = page.locator(".transcript .turn");
      await turns.nth(19).waitFor();
      await page.waitForTimeout(600);
      await page.screenshot({ path: `${pictures}/talk-long-${viewport.width}-${look}-${lang}.png` });
      await onScreen(page, turns.nth(19), viewport);
      await onScreen(page, page.getByRole("textbox", { name: say }), viewport);
      await onScreen(page, page.getByRole("button", { name: hangUp }), viewport);
      await whole(page.getByRole("button", { name: hangUp }));
      window.tell({ topic: "talks/t1", type: "ended", seq: 121, epoch: "e1", data: { grade: "A", why: "handed_over", summary: SUMMARY[lang] } });
      const button = page.getByRole("button", { name: again });
      await button.waitFor();
      await page.waitForTimeout(600);
      await page.screenshot({ path: `${pictures}/talk-long-ended-${viewport.width}-${look}-${lang}.png` });
      await onScreen(page, button, viewport);
      await whole(button);
      await onScreen(page, turns.nth(19), viewport);
      assert.deepEqual(window.errors, []);
      await window.close();
    });
  }
}
