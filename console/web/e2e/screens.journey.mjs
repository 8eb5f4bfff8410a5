// Every screen in a real browser: nothing that axe finds, contrast included, in both looks; no error; no English word on a
// Chinese screen; pictures to look at. And what is read on a phone, on one.
import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";

import { loadScenes, openStage, openWindow } from "./stage.mjs";
import { untranslated } from "./words.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const pictures = process.env.PICTURES ?? new URL("../../../out/web/", import.meta.url).pathname;
const { scenes } = await loadScenes();
let stage;

before(async () => {
  mkdirSync(pictures, { recursive: true });
  stage = await openStage();
});
after(() => stage.close());

for (const [look, lang] of [
  ["light", "en"],
  ["dark", "zh"],
]) {
  describe(`${look}, ${lang}`, { concurrency: 2 }, () => {
    for (const [name, scene] of Object.entries(scenes)) {
      test(name, async () => {
        const window = await openWindow(stage, scene, { look, lang });
        const page = await window.openPage();
        await page.locator("h1, h2, .callbar").first().waitFor();
        for (const { role, name: label } of scene.clicks ?? []) await page.getByRole(role, { name: label }).click();
        if (scene.events?.length) await page.getByText(scene.events.at(-1).data.text).first().waitFor();
        if (scene.keys) await page.keyboard.press(scene.keys);
        await page.waitForTimeout(600); // antd's own transitions: a half-faded button has no contrast
        await page.screenshot({ path: `${pictures}/${name}-${look}-${lang}.png` });
        const found = await page.evaluate(`(() => { const module = undefined; ${axe}; return axe.run(document, { resultTypes: ["violations"] }); })()`);
        const told = found.violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target.join(" ")} ${node.any[0]?.message ?? ""}`).join(" | ")}`);
        assert.deepEqual(told, []);
        if (lang === "zh") assert.deepEqual(await untranslated(page), [], "left in English on a Chinese screen");
        assert.deepEqual(window.errors, []);
        await window.close();
      });
    }
  });
}

/** Boxes of `selector` that lie over one another, and whatever of the page is wider than the screen. */
const askew = (page, selectors) =>
  page.evaluate((wanted) => {
    const found = [];
    const name = (one) => `${one.className || one.tagName}: ${one.textContent.slice(0, 40)}`;
    for (const selector of wanted) {
      const boxes = [...document.querySelectorAll(selector)].map((one) => [one, one.getBoundingClientRect()]).filter(([, box]) => box.width > 0);
      boxes.forEach(([one, a], index) => {
        for (const [other, b] of boxes.slice(index + 1)) {
          const apart = a.bottom <= b.top + 1 || b.bottom <= a.top + 1 || a.right <= b.left + 1 || b.right <= a.left + 1;
          if (!apart && !one.contains(other)) found.push(`${name(one)} lies over ${name(other)}`);
        }
      });
    }
    for (const one of document.querySelectorAll(".shell *")) if (one.getBoundingClientRect().right > window.innerWidth + 1 && !one.closest(".hidden-text")) found.push(`${name(one)} goes off the screen`);
    for (const one of document.querySelectorAll(".board, .lanes, .lane, .lane > ul, .supervised, .page")) {
      if (one.scrollHeight > one.clientHeight + 1 && window.getComputedStyle(one).overflowY === "visible") found.push(`${name(one)} is cut off`);
    }
    return found;
  }, selectors);

describe("on a phone", { concurrency: 2 }, () => {
  const viewport = { width: 390, height: 844 };
  for (const [name, lang] of ["board", "boardOnHold", "boardCall", "supervise", "campaigns", "customer"].flatMap((one) => [[one, "en"], [one, "zh"]])) {
    test(`${name}, ${lang}`, async () => {
      const window = await openWindow(stage, scenes[name], { lang, viewport });
      const page = await window.openPage();
      await page.locator("h1, h2").first().waitFor();
      await page.waitForTimeout(600);
      await page.screenshot({ path: `${pictures}/phone-${name}-${lang}.png` });
      assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= viewport.width, "it is wider than the screen");
      assert.deepEqual(await askew(page, [".lane, .board > .panel, .side > .panel", ".supervised > *", ".card", ".card > *", ".rung", ".strip > *", ".tile", ".timeline > li"]), []);
      const main = page.locator("main");
      await main.evaluate((one) => one.scrollTo(0, one.scrollHeight));
      const last = page.locator(":is(.page .panel, .page .lane):visible").last();
      const { y, height } = await last.boundingBox();
      assert.ok(y + height <= viewport.height, "its end cannot be scrolled to");
      await page.screenshot({ path: `${pictures}/phone-${name}-end-${lang}.png` });
      await window.close();
    });
  }
});
