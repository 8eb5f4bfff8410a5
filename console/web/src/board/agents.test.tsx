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

test("a call's card says that its customer is on hold, put through or waits for the agent's phone, and who listens", async () => {
  const { calls } = aBoard();
  const at = { hold: { held: true }, transferring: { held: true, transfer_to: "bea" }, lost: { phone_lost: true, monitored: "barge" as const } };
  const shown = calls.slice(0, 3).map((call, index) => ({ ...call, stage: "human" as const, ...Object.values(at)[index] }));
  draw({ ...scenes.board, answers: { ...scenes.board.answers, "/api/board": { body: aBoard({ calls: shown }) } } });
  const cards = within(await screen.findByRole("region", { name: "With a person" })).getAllByRole("button");
  expect(cards.map((card) => /On hold|Being put through|Reconnecting.*Barged in/.exec(card.textContent)?.[0])).toEqual(["On hold", "Being put through", "ReconnectingBarged in"]);
});
