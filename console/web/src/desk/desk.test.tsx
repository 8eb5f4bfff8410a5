import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test } from "vitest";

import { aDesk, aDeskCall, anOffer, event } from "@/testing/fixtures";
import { draw, FakeLive, sent, setStage } from "@/testing/draw";
import { problem, scenes } from "@/testing/scenes";

setStage();

const paths = () => sent.map(({ method, path }) => `${method} ${path}`);
const press = (key: string) => userEvent.keyboard(`[${key}]`);
const bar = () => screen.findByRole("region", { name: "Current call" });

describe("an offer", () => {
  test("is on screen with its summary as soon as it is told, before the desk is fetched again", async () => {
    const { serve } = draw(scenes.ready);
    await screen.findByText("The next customer comes to you");
    serve({ "/api/desk": { body: aDesk(), delayMs: 60_000 } });
    act(() => FakeLive.latest?.tell(event(101, "desk", "offer", { ...anOffer() })));
    expect(within(await bar()).getByText(anOffer().briefing.summary.join(" "))).toBeVisible();
  });

  test("shows what happened with the customer before, in the reader's language", async () => {
    draw(scenes.offered);
    const before = within(await screen.findByRole("region", { name: "What happened before" }));
    expect(before.getAllByRole("listitem").map((one) => one.textContent)).toEqual([
      expect.stringMatching(/20 Nov 2026.*We called: Callback booked.*C.*The customer wants to be called later\./),
      expect.stringMatching(/Callback promised$/),
      expect.stringMatching(/Note: has two children$/),
    ]);
  });

  test("says that nobody has spoken yet, or who had the customer", async () => {
    const { serve } = draw(scenes.ready);
    await screen.findByText("The next customer comes to you");
    serve({ "/api/desk": { body: aDesk(), delayMs: 60_000 } });
    const offer = anOffer();
    const silent = { ...offer, briefing: { ...offer.briefing, summary: [], earlier: [] } };
    act(() => FakeLive.latest?.tell(event(101, "desk", "offer", silent)));
    expect(within(await bar()).getByText("Answered just now. Nobody of ours has spoken yet.")).toBeVisible();
    const passed = { ...silent, transfer_id: "t-82", briefing: { ...silent.briefing, put_through_by: "Bea" } };
    act(() => FakeLive.latest?.tell(event(102, "desk", "offer", passed)));
    expect(await within(await bar()).findByText("Put through by Bea.")).toBeVisible();
  });

  test("is answered by F2, also from inside a text field", async () => {
    draw(scenes.offered);
    await within(await bar()).findByRole("button", { name: /Answer/ });
    await waitFor(() => expect(screen.getByRole("button", { name: /Answer/ })).toBeEnabled());
    await press("F2");
    await waitFor(() => expect(paths()).toContain("POST /api/desk/offers/t-81/accept"));
  });

  test("does not take the focus from what is being typed", async () => {
    const { serve } = draw(scenes.wrapUp);
    const note = await screen.findByRole("textbox", { name: "Note" });
    serve({ "/api/desk": { body: aDesk(), delayMs: 60_000 } });
    note.focus();
    act(() => FakeLive.latest?.tell(event(101, "desk", "offer", { ...anOffer() })));
    await screen.findByRole("button", { name: /Answer/ });
    expect(note).toHaveFocus();
  });
});

describe("a live call", () => {
  test("offers what the server allows, and nothing else", async () => {
    draw(scenes.held);
    const buttons = within(await bar());
    await waitFor(() => expect(buttons.getByRole("button", { name: /Resume/ })).toBeEnabled());
    expect(buttons.getByRole("button", { name: /Mute/ })).toBeDisabled();
    expect(buttons.getByRole("button", { name: "Transfer" })).toBeDisabled();
  });

  test("says that the customer hears music while the phone reconnects", async () => {
    draw(scenes.reconnecting);
    expect(within(await bar()).getByText(/hears music/)).toBeVisible();
  });

  test("says who is asked to take the customer, and that nobody does", async () => {
    const { serve } = draw(scenes.live);
    await bar();
    serve({ "/api/desk": { body: aDesk({ state: "talking", call: aDeskCall({ held: true, transfer_to: "bea" }), allowed_actions: ["resume", "mute"] }) } });
    act(() => FakeLive.latest?.tell(event(101, "desk", "state", {})));
    expect(await within(await bar()).findByText(/Asking bea/)).toBeVisible();
    act(() => FakeLive.latest?.tell(event(102, "desk", "transfer_failed", { call_id: "1", reason: "declined" })));
    expect(await screen.findByText(/They declined/)).toBeVisible();
  });

  test("names the shift's session in the desk's commands", async () => {
    localStorage.setItem("jingyin.phone.2", JSON.stringify({ phone_id: "p1", desk_session: "s1" }));
    draw(scenes.live);
    await waitFor(async () => expect(within(await bar()).getByRole("button", { name: /Hold/ })).toBeEnabled());
    await press("F9");
    await waitFor(() => expect(sent.find(({ path }) => path === "/api/desk/call/hold")?.deskSession).toBe("s1"));
    localStorage.removeItem("jingyin.phone.2");
  });

  test("whose phone is at another machine is offered it here", async () => {
    draw(scenes.live);
    await userEvent.click(await screen.findByRole("button", { name: "Use this one" }));
    await waitFor(() => expect(paths()).toContain("POST /api/desk/start-shift"));
  });

  test("is there on every page", async () => {
    draw({ ...scenes.live, path: "/talk" });
    expect(within(await bar()).getByText("W. Li")).toBeVisible();
  });

  test("is not ended by a slip of the finger", async () => {
    draw(scenes.live);
    const end = await within(await bar()).findByRole("button", { name: /End/ });
    await waitFor(() => expect(end).toBeEnabled());
    await userEvent.click(end);
    expect(paths()).not.toContain("POST /api/desk/call/hang-up");
  });
});

describe("wrap-up", () => {
  test("is saved by keys: outcome 1, Ctrl+Enter", async () => {
    draw({ ...scenes.wrapUp });
    const save = await screen.findByRole("button", { name: /Save and next/ });
    await waitFor(() => expect(save).toBeEnabled());
    await press("Digit1");
    await userEvent.keyboard("{Control>}[Enter]{/Control}");
    await waitFor(() => expect(paths()).toContain("POST /api/desk/wrap-up"));
    const command = sent.find(({ path }) => path === "/api/desk/wrap-up");
    expect(command?.body).toEqual({ call_id: aDeskCall().call_id, outcome: "sold", note: "Wants the Tuesday class." });
    expect(command).toMatchObject({ csrf: "token", key: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown });
  });

  test("cannot be saved without an outcome, and says so", async () => {
    const desk = aDesk({ state: "wrap_up", call: aDeskCall(), wrap_up: { call_id: "c", until: "2030-01-01T00:00:00Z", extended: false, draft: null }, allowed_actions: ["wrap_up"] });
    draw({ ...scenes.wrapUp, answers: { ...scenes.wrapUp.answers, "/api/desk": { body: desk } } });
    expect(await screen.findByText("Choose an outcome first.")).toBeVisible();
    expect(screen.getByRole("button", { name: /Save and next/ })).toBeDisabled();
  });

  test("do-not-call is asked about first", async () => {
    draw(scenes.wrapUp);
    await userEvent.click(await screen.findByRole("radio", { name: /Do not call/ }));
    expect(await screen.findByText(/works everywhere at once/)).toBeInTheDocument();
    expect(screen.getByRole("radio", { name: /Interested/, checked: true })).toBeInTheDocument();
  });

  test("a note typed before a reload is there after it", async () => {
    const first = draw(scenes.wrapUp);
    const note = await screen.findByRole("textbox", { name: "Note" });
    await userEvent.type(note, " Ring after six");
    first.unmount();
    draw(scenes.wrapUp);
    expect(await screen.findByRole("textbox", { name: "Note" })).toHaveValue("Wants the Tuesday class. Ring after six");
  });

  test("a note that was saved before a reload in mid-call is there after it", async () => {
    const draft = { call_id: "1", note: "likes mornings", outcome: "", etag: "1", saved_at: "2026-11-26T09:00:00Z" };
    draw({ ...scenes.live, answers: { ...scenes.live.answers, "/api/desk": { body: aDesk({ state: "talking", call: aDeskCall({ draft }) }) } } });
    expect(await screen.findByRole("textbox", { name: "Note" })).toHaveValue("likes mornings");
  });

  test("the server's refusal is told in its own words", async () => {
    const { serve } = draw(scenes.wrapUp);
    serve({ "POST /api/desk/wrap-up": problem(409, "handoff.illegal", "The call was wrapped up already.", "Reload.") });
    const save = await screen.findByRole("button", { name: /Save and next/ });
    await waitFor(() => expect(save).toBeEnabled());
    await userEvent.click(save);
    expect(await screen.findByText(/The call was wrapped up already. Reload./)).toBeInTheDocument();
  });
});
