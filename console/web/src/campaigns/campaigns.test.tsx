import { screen, within } from "@testing-library/react";
import { expect, test } from "vitest";

import { aCampaign } from "@/testing/fixtures";
import { draw, setStage } from "@/testing/draw";
import { scenes } from "@/testing/scenes";

setStage();

const stateOf = async (state: "running" | "paused" | "stopped" | "done" | "draft") => {
  draw({ ...scenes.campaigns, answers: { ...scenes.campaigns.answers, "/api/campaigns": { body: [aCampaign({ state })] } } });
  return within(await screen.findByRole("region", { name: "Autumn course" }));
};

test("a campaign that runs says why it dials at this pace", async () => {
  expect((await stateOf("running")).getByText(/Why this pace/)).toBeVisible();
});

test.each([
  ["paused", "Paused: nothing is dialled."],
  ["stopped", "Stopped: nothing is dialled any more."],
  ["done", "Finished: nothing is left to dial."],
  ["draft", "Not started: nothing is dialled."],
] as const)("one that is %s says that nothing is dialled, and not what was decided before", async (state, said) => {
  const campaign = await stateOf(state);
  expect(campaign.getByText(said)).toBeVisible();
  expect(campaign.queryByText(/Why this pace|in flight/)).toBeNull();
});
