import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { describe, expect, test } from "vitest";

import { draw, setStage } from "./draw";
import { scenes, type Scene } from "./scenes";

setStage();

// jsdom has no layout: contrast is checked in a real browser, by e2e/screens.journey.mjs.
const RULES: axe.RunOptions = { rules: { "color-contrast": { enabled: false } }, resultTypes: ["violations"] };

describe.each(Object.entries<Scene>(scenes))("screen %s", (_, scene) => {
  test("has nothing that axe finds", async () => {
    const { container } = draw(scene);
    await waitFor(() => expect(container.querySelector("h1, h2, .callbar")).not.toBeNull());
    for (const { role, name } of scene.clicks ?? []) await userEvent.click(await screen.findByRole(role, { name }));
    if (scene.events?.length) await screen.findByText(String(scene.events.at(-1)?.data.text));
    if (scene.keys) await userEvent.keyboard("{Control>}[KeyK]{/Control}");
    const { violations } = await axe.run(document.body, RULES);
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(" | ")}`)).toEqual([]);
  }, 20_000);
});
