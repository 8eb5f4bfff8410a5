import { screen, within } from "@testing-library/react";
import { describe, expect, test } from "vitest";

import { aBoard } from "@/testing/fixtures";
import { draw, setStage } from "@/testing/draw";
import { scenes } from "@/testing/scenes";

setStage();

describe("the board's agents", () => {
  const asked = async (name: string) => within(await screen.findByRole("region", { name: "Agents" })).findByText(name).then((found) => found.closest("li"));

  test("say of who is busy what follows, where it is no further call", async () => {
    draw(scenes.board);
    expect(await asked("Cem Aydin")).toHaveTextContent("then: end of shift");
    expect(await asked("Ann Miller")).not.toHaveTextContent("then");
    expect(await asked("Dia Rao")).toHaveTextContent(/^Dia Rao lunch/);
  });

  test.each([
    ["lunch", "then: lunch"],
    ["signed in", "then: not ready"],
  ])("in a call say their break, not how they came to be unready (%s)", async (reason, words) => {
    const [ann, ...others] = aBoard().agents;
    if (!ann) throw new Error("no agent");
    const agents = [{ ...ann, status: "not_ready" as const, next: "break" as const, reason }, ...others];
    draw({ ...scenes.board, answers: { ...scenes.board.answers, "/api/board": { body: aBoard({ agents }) } } });
    expect(await asked("Ann Miller")).toHaveTextContent(words);
  });
});
