import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, test, vi } from "vitest";

import type { DeskCall, DeskView } from "@/api/types";
import { localInput } from "@/drafts/draft";
import { STALE_MS } from "@/live/link";
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

  test("that was missed is told, with what to do", async () => {
    draw(scenes.notReady);
    expect(await screen.findByText("A call rang here and was not answered. No more are put through to you until you say Ready.")).toBeVisible();
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

  test("of nobody known by name is announced by its number", async () => {
    const offer = anOffer();
    const unnamed = { ...offer, briefing: { ...offer.briefing, customer_name: "" } };
    draw({ ...scenes.offered, answers: { ...scenes.offered.answers, "/api/desk": { body: aDesk({ state: "offered", offer: unnamed, allowed_actions: ["accept"] }) } } });
    expect(await within(await bar()).findByRole("alert")).toHaveTextContent(`Call from ${offer.briefing.masked_number}`);
    expect(document.title).toBe(`Call from ${offer.briefing.masked_number}`);
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

  test.each([
    ["held", "On hold"],
    ["reconnecting", "Reconnecting"],
  ] as const)("is %s in the top bar too", async (scene, state) => {
    draw(scenes[scene]);
    await bar();
    expect(screen.getByRole("button", { name: new RegExp(`^${state}`) })).toBeVisible();
  });

  test("says that the customer hears music while the phone reconnects", async () => {
    draw(scenes.reconnecting);
    expect(within(await bar()).getByText(/hears music/)).toBeVisible();
  });

  test("that another tab put on hold and muted is so here at once, before the desk is fetched again", async () => {
    const { serve } = draw(scenes.live);
    await within(await bar()).findByRole("button", { name: /Hold/ });
    serve({ "/api/desk": { body: aDesk(), delayMs: 60_000 } });
    const { call_id } = aDeskCall();
    act(() => FakeLive.latest?.tell(event(101, "desk", "call_changed", { call_id: "another", held: true, muted: true, transfer_to: null })));
    expect(within(await bar()).getByRole("button", { name: /Hold/ })).toBeVisible();
    act(() => FakeLive.latest?.tell(event(102, "desk", "call_changed", { call_id, held: true, muted: true, transfer_to: "bea" })));
    expect(await within(await bar()).findByRole("button", { name: /Resume/ })).toBeVisible();
    expect(within(await bar()).getByRole("button", { name: /Unmute/ })).toBeVisible();
    expect(within(await bar()).getByText(/Asking bea/)).toBeVisible();
  });

  test("says who is asked to take the customer, and that nobody does", async () => {
    const { serve } = draw(scenes.live);
    await bar();
    serve({ "/api/desk": { body: aDesk({ state: "talking", call: aDeskCall({ held: true, transfer_to: "bea" }), allowed_actions: ["resume", "mute"] }) } });
    act(() => FakeLive.latest?.tell(event(101, "desk", "state", {})));
    expect(await within(await bar()).findByText(/Asking bea/)).toBeVisible();
    act(() => FakeLive.latest?.tell(event(102, "desk", "transfer_failed", { call_id: "1", reason: "declined" })));
    expect(await screen.findByText(/They declined/)).toBeVisible();
    act(() => FakeLive.latest?.tell(event(103, "desk", "transfer_failed", { call_id: "1", reason: "missed" })));
    expect(await screen.findByText(/Nobody answered/)).toBeVisible();
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

describe("what follows a call", () => {
  const choose = async (words: RegExp) => {
    await waitFor(async () => expect(within(await bar()).getByRole("button", { name: /Mute|Answer|30 s/ })).toBeEnabled());
    await userEvent.click(within(await bar()).getByRole("button", { name: "After this call" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: words }));
  };

  test("is the end of the shift, by one choice", async () => {
    draw(scenes.live);
    await choose(/end my shift/);
    await waitFor(() => expect(paths()).toContain("POST /api/desk/end-shift"));
  });

  test("is a break, also chosen in the wrap-up", async () => {
    draw(scenes.wrapUp);
    await choose(/lunch/);
    await waitFor(() => expect(sent.find(({ path }) => path === "/api/desk/status")?.body).toEqual({ status: "not_ready", reason: "lunch" }));
  });

  test("is said plainly, and taken back to what was chosen before", async () => {
    draw(scenes.leaving);
    expect(await screen.findByText("Your shift ends after this call.")).toBeVisible();
    const back = screen.getByRole("button", { name: "Take it back" });
    await waitFor(() => expect(back).toBeEnabled());
    await userEvent.click(back);
    await waitFor(() => expect(sent.find(({ path }) => path === "/api/desk/status")?.body).toEqual({ status: "ready", reason: "" }));
  });

  test.each([
    ["lunch", "After this call: lunch."],
    ["signed in", "After this call: not ready."],
    ["missed an offer", "After this call: not ready."],
  ])("is what they chose, not how they came to be unready (%s)", async (reason, words) => {
    const { answers } = scenes.afterCall;
    draw({ path: "/desk", answers: { ...answers, "/api/desk": { body: { ...(answers["/api/desk"]?.body as DeskView), reason } } } });
    expect(await screen.findByText(words)).toBeVisible();
  });

  test("ends this browser's phone when the server says that the shift is over", async () => {
    localStorage.setItem("jingyin.phone.2", JSON.stringify({ phone_id: "p1", desk_session: "s1" }));
    const { serve } = draw(scenes.leaving);
    await screen.findByText("Your shift ends after this call.");
    serve({ "/api/desk": { body: aDesk({ state: "gone", status: "not_ready", next: "break", allowed_actions: ["start_shift"], desk_session: null }) } });
    act(() => FakeLive.latest?.tell(event(101, "desk", "state", {})));
    expect(await screen.findByText("Before your shift")).toBeVisible();
    await waitFor(() => expect(localStorage.getItem("jingyin.phone.2")).toBeNull());
  });
});

describe("a transfer", () => {
  const open = async () => {
    draw(scenes.transfer);
    await waitFor(async () => expect(within(await bar()).getByRole("button", { name: "Transfer" })).toBeEnabled());
    await userEvent.click(within(await bar()).getByRole("button", { name: "Transfer" }));
    return within(await screen.findByRole("dialog"));
  };

  test("is to somebody who is there and free; the others say why not", async () => {
    const dialog = await open();
    expect(await dialog.findByRole("radio", { name: /Dia Rao.*lunch/ })).toBeDisabled();
    expect(dialog.getByRole("radio", { name: /Cem Aydin.*Wrap-up/ })).toBeDisabled();
    expect(dialog.getByRole("radio", { name: /returns.*nobody else/ })).toBeDisabled();
    expect(dialog.getByRole("button", { name: "Transfer" })).toBeDisabled();
    await userEvent.click(dialog.getByRole("radio", { name: /Bob Carter/ }));
    await userEvent.click(dialog.getByRole("button", { name: "Transfer" }));
    await waitFor(() => expect(sent.find(({ path }) => path === "/api/desk/call/transfer")?.body).toEqual({ to_agent: "bob" }));
  });

  test("is to a queue, which says who waits in it", async () => {
    const dialog = await open();
    await userEvent.click(await dialog.findByRole("radio", { name: /Everybody.*2 waiting, 1 free/ }));
    await userEvent.click(dialog.getByRole("button", { name: "Transfer" }));
    await waitFor(() => expect(sent.find(({ path }) => path === "/api/desk/call/transfer")?.body).toEqual({ to_queue: "default" }));
  });

  test("is found by typing", async () => {
    const dialog = await open();
    await userEvent.type(await dialog.findByRole("searchbox"), "cem");
    expect(dialog.getAllByRole("radio")).toHaveLength(1);
    await userEvent.type(dialog.getByRole("searchbox"), "x");
    expect(dialog.getByText("Nothing of that name")).toBeVisible();
  });
});

describe("an unfinished call", () => {
  const briefed = (more: Partial<DeskCall>) => {
    const call = aDeskCall(more);
    draw({ ...scenes.unfinished, answers: { ...scenes.unfinished.answers, [`/api/desk/unfinished/${call.call_id}`]: { body: { ...call, briefing: call.briefing && { ...call.briefing, summary: [], evidence: [], transcript: [] } } } } });
  };

  test("whose summary is lost is not said to have begun just now", async () => {
    briefed({});
    await userEvent.click(await screen.findByRole("button", { name: "Finish" }));
    expect(await screen.findByText("There is no summary. What was said stands beside.")).toBeVisible();
    expect(screen.queryByText(/just now/)).toBeNull();
  });

  test("in which no robot spoke says so", async () => {
    briefed({ transcript: [] });
    await userEvent.click(await screen.findByRole("button", { name: "Finish" }));
    expect(await screen.findByText("No robot spoke with them in this call.")).toBeVisible();
  });

  test("is listed while nobody calls, opened with all that was written, and finished", async () => {
    draw(scenes.unfinished);
    await userEvent.click(await screen.findByRole("button", { name: "Finish" }));
    expect(await screen.findByRole("textbox", { name: "Note" })).toHaveValue("Wants the Tuesday class.");
    expect(screen.getByRole("radio", { name: /Grade B, by a person/, checked: true })).toBeInTheDocument();
    expect(screen.getByLabelText("Call back at")).toHaveValue(localInput("2026-11-27T09:00:00Z"));
    await waitFor(() => expect(screen.getByRole("button", { name: /^Save/ })).toBeEnabled());
    await userEvent.click(screen.getByRole("button", { name: /^Save/ }));
    await waitFor(() => expect(sent.find(({ path }) => path === "/api/desk/wrap-up")?.body).toMatchObject({ outcome: "callback", grade: "B", callback_at: "2026-11-27T09:00:00.000Z" }));
    expect(await screen.findByText("The next customer comes to you")).toBeVisible();
  });
});

test("what follows the call cannot be chosen while the link is stale", async () => {
  vi.useFakeTimers({ shouldAdvanceTime: true });
  draw(scenes.live);
  const button = await screen.findByRole("button", { name: "After this call" });
  await waitFor(() => expect(button).toBeEnabled());
  await act(() => vi.advanceTimersByTimeAsync(STALE_MS + 1000));
  expect(button).toBeDisabled();
  vi.useRealTimers();
});

describe("wrap-up", () => {
  /** Nothing gets to the server before the reload. */
  const unsaved = { ...scenes.wrapUp, answers: { ...scenes.wrapUp.answers, "PUT /api/desk/draft": problem(503, "storage.failed", "Not now.") } };

  test("keeps grade and time to call back over a reload", async () => {
    const first = draw(unsaved);
    await userEvent.click(await screen.findByRole("radio", { name: /Grade C, by a person/ }));
    await userEvent.click(screen.getByRole("radio", { name: /Call back/ }));
    fireEvent.change(screen.getByLabelText("Call back at"), { target: { value: "2030-01-02T09:30" } });
    first.unmount();
    draw(unsaved);
    expect(await screen.findByRole("radio", { name: /Grade C, by a person/, checked: true })).toBeInTheDocument();
    expect(screen.getByLabelText("Call back at")).toHaveValue("2030-01-02T09:30");
  });

  test("that runs out of time sends what was typed last at once", async () => {
    const { serve } = draw(scenes.wrapUp);
    await userEvent.type(await screen.findByRole("textbox", { name: "Note" }), "!");
    serve({ "/api/desk": { body: aDesk({ unfinished: 1 }) }, "PUT /api/desk/draft": { body: { etag: "v2", saved_at: "2026-11-26T09:00:00Z" } } });
    act(() => FakeLive.latest?.tell(event(101, "desk", "state", {})));
    const draft: unknown = expect.objectContaining({ note: "Wants the Tuesday class.!", outcome: "interested", grade: "B", etag: "v1" });
    await waitFor(() => expect(sent.map(({ body }) => body)).toContainEqual(draft));
  });

  test("says who took the call over", async () => {
    const answer = scenes.wrapUp.answers["/api/desk"]?.body as DeskView;
    const body = { ...answer, wrap_up: answer.wrap_up && { ...answer.wrap_up, taken_over_by: "Sue Park" } };
    draw({ ...scenes.wrapUp, answers: { ...scenes.wrapUp.answers, "/api/desk": { body } } });
    expect(await within(await bar()).findByText("Sue Park took the call over.")).toBeVisible();
  });

  test("is saved by keys: outcome 1, Ctrl+Enter", async () => {
    draw({ ...scenes.wrapUp });
    const save = await screen.findByRole("button", { name: /Save and next/ });
    await waitFor(() => expect(save).toBeEnabled());
    await press("Digit1");
    await userEvent.keyboard("{Control>}[Enter]{/Control}");
    await waitFor(() => expect(paths()).toContain("POST /api/desk/wrap-up"));
    const command = sent.find(({ path }) => path === "/api/desk/wrap-up");
    expect(command?.body).toEqual({ call_id: aDeskCall().call_id, outcome: "sold", note: "Wants the Tuesday class.", grade: "B" });
    expect(command).toMatchObject({ csrf: "token", key: expect.stringMatching(/^[0-9a-f]{32}$/) as unknown });
  });

  test("cannot be saved without an outcome, and says so", async () => {
    const desk = aDesk({ state: "wrap_up", call: aDeskCall(), wrap_up: { call_id: "c", until: "2030-01-01T00:00:00Z", extended: false, taken_over_by: null, draft: null }, allowed_actions: ["wrap_up"] });
    draw({ ...scenes.wrapUp, answers: { ...scenes.wrapUp.answers, "/api/desk": { body: desk } } });
    expect(await screen.findByText("Choose an outcome first.")).toBeVisible();
    expect(screen.getByRole("button", { name: /Save and next/ })).toBeDisabled();
  });

  test("do-not-call is asked about first", async () => {
    draw(scenes.wrapUp);
    await userEvent.click(await screen.findByRole("radio", { name: /Do not call/ }));
    expect(await screen.findByText(/works everywhere at once/)).toBeInTheDocument();
    await waitFor(() => expect(screen.getByRole("button", { name: "Cancel" })).toHaveFocus()); // a second Enter does no harm
    expect(screen.getByRole("radio", { name: /Interested/, checked: true })).toBeInTheDocument();
  });

  test("of which another version was saved is not said to be saving", async () => {
    const other = { note: "From another tab.", outcome: "sold", grade: null, callback_at: null, etag: "v9" };
    const conflict = { status: 409, body: { code: "crm.draft_changed", message: "", remedy: "", case: "", params: {}, request_id: "r", other } };
    draw({ ...scenes.wrapUp, answers: { ...scenes.wrapUp.answers, "PUT /api/desk/draft": conflict } });
    await userEvent.type(await screen.findByRole("textbox", { name: "Note" }), "!");
    expect(await screen.findByText("not saved: choose a version")).toBeVisible();
    expect(screen.queryByText("saving")).toBeNull();
  });

  test("a note typed before a reload is there after it", async () => {
    const first = draw(unsaved);
    const note = await screen.findByRole("textbox", { name: "Note" });
    await userEvent.type(note, " Ring after six");
    first.unmount();
    draw(unsaved);
    expect(await screen.findByRole("textbox", { name: "Note" })).toHaveValue("Wants the Tuesday class. Ring after six");
  });

  test("a note that was saved before a reload in mid-call is there after it", async () => {
    const draft = { call_id: "1", note: "likes mornings", outcome: "", grade: null, callback_at: null, etag: "1", saved_at: "2026-11-26T09:00:00Z" };
    draw({ ...scenes.live, answers: { ...scenes.live.answers, "/api/desk": { body: aDesk({ state: "talking", call: aDeskCall({ draft }) }) } } });
    expect(await screen.findByRole("textbox", { name: "Note" })).toHaveValue("likes mornings");
  });

  test("the server's refusal is told in its own words, and not once it was saved", async () => {
    const { serve } = draw(scenes.wrapUp);
    serve({ "POST /api/desk/wrap-up": problem(409, "handoff.illegal", "The call was wrapped up already.", "Reload.") });
    const save = await screen.findByRole("button", { name: /Save and next/ });
    await waitFor(() => expect(save).toBeEnabled());
    await userEvent.click(save);
    expect(await screen.findByText(/The call was wrapped up already. Reload./)).toBeInTheDocument();
    expect(screen.queryByRole("img", { name: /circle/ })).toBeNull(); // an icon's English name is no word of ours
    serve({ "POST /api/desk/wrap-up": { body: {} } });
    await userEvent.click(save);
    await waitFor(() => expect(screen.queryByText(/The call was wrapped up already/)).toBeNull());
  });
});
