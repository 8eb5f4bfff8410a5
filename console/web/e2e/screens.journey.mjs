// Every screen in a real browser: nothing that axe finds, contrast included, in both looks; no error; no English word on a
// Chinese screen; pictures to look at.
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
