import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

import { STALE_MS } from "@/live/link";
import { aMe, event } from "@/testing/fixtures";
import { draw, FakeLive, sent, setStage } from "@/testing/draw";
import { scenes } from "@/testing/scenes";

setStage();

describe("who is logged in", () => {
  test("nobody: the login page, which comes back to where one was going", async () => {
    const { router } = draw({ path: "/campaigns", answers: scenes.login.answers });
    await screen.findByRole("button", { name: "Log in" });
    expect(router.state.location.search).toBe("?next=%2Fcampaigns");
  });

  test("a demo's user by one click", async () => {
    const { router, serve } = draw(scenes.login);
    const sue = await screen.findByRole("button", { name: /Sue Park/ });
    serve({ ...scenes.board.answers, "POST /api/login": { body: aMe() } });
    await userEvent.click(sue);
    await waitFor(() => expect(router.state.location.pathname).toBe("/board"));
    expect(sent[0]?.body).toMatchObject({ name: "sue", password: "demo-sue", tenant: "demo" });
  });

  test("an agent does not see the supervisor's pages", async () => {
    draw(scenes.ready);
    await screen.findByRole("link", { name: /Desk/ });
    expect(screen.queryByRole("link", { name: /Supervise/ })).toBeNull();
  });
});

describe("the phone's strip", () => {
  const blocked = "This page may not use a microphone"; // as in a browser without HTTPS, and here

  test("goes with the shift: who has none needs no phone", async () => {
    const { serve } = draw(scenes.shiftCheck);
    const shift = scenes.ready.answers["/api/desk"] ?? { body: {} };
    const start = await screen.findByRole("button", { name: "Start shift" });
    await waitFor(() => expect(start).toBeEnabled());
    serve({ "POST /api/desk/start-shift": shift, "/api/desk": shift });
    await userEvent.click(start);
    expect(await screen.findByText(blocked)).toBeVisible();
    serve({ "/api/desk": scenes.shiftCheck.answers["/api/desk"] ?? { body: {} } });
    act(() => FakeLive.latest?.tell(event(101, "desk", "state", {})));
    await screen.findByRole("button", { name: "Start shift" });
    await waitFor(() => expect(screen.queryByText(blocked)).toBeNull());
  });
});

describe("logging out", () => {
  const leave = async () => {
    await userEvent.click(await screen.findByRole("button", { name: "Ann Miller" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Log out" }));
  };

  test("in a call asks first, in words; one may stay, or go all the same", async () => {
    const { router } = draw(scenes.live);
    await screen.findByRole("region", { name: "Current call" });
    await leave();
    const dialog = within(await screen.findByRole("dialog", { name: "You are in a call" }));
    await waitFor(() => expect(dialog.getByText(/customer hears music.*called back/)).toBeVisible());
    await userEvent.click(dialog.getByRole("button", { name: "Stay" }));
    expect(sent.map(({ path }) => path)).not.toContain("/api/logout");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await leave();
    await userEvent.click(await screen.findByRole("button", { name: "Log out anyway" }));
    await waitFor(() => expect(router.state.location.pathname).toBe("/login"));
    expect(sent.map(({ path }) => path)).toContain("/api/logout");
  });

  test("outside a call asks nothing", async () => {
    const { router } = draw(scenes.ready);
    await leave();
    await waitFor(() => expect(router.state.location.pathname).toBe("/login"));
  });
});

test("a supervisor finds the calls to supervise", async () => {
  const { router } = draw(scenes.board);
  await userEvent.click(await screen.findByRole("link", { name: /Supervise/ }));
  await screen.findByText("Calls in progress");
  expect(router.state.location.pathname).toBe("/supervise");
});

describe("the live link", () => {
  beforeEach(() => vi.useFakeTimers({ shouldAdvanceTime: true }));
  afterEach(() => vi.useRealTimers());

  test("silence makes the page stale: an amber strip, and commands wait", async () => {
    draw(scenes.campaigns);
    const stop = await screen.findByRole("button", { name: "Stop everything" });
    await waitFor(() => expect(stop).toBeEnabled());
    await act(() => vi.advanceTimersByTimeAsync(STALE_MS + 1000));
    expect(await screen.findByText(/^As of /)).toBeVisible();
    expect(stop).toBeDisabled();
    act(() => FakeLive.latest?.tell({ type: "ping" }));
    await waitFor(() => expect(stop).toBeEnabled());
    expect(FakeLive.latest?.said.at(-1)).toEqual({ type: "pong" });
  });

  test("a cut socket comes back and says what it has seen", async () => {
    draw(scenes.board);
    await screen.findByText("M. Brown");
    const first = FakeLive.latest;
    act(() => first?.tell(event(101, "calls", "call_state", { call_id: "x" })));
    act(() => first?.onclose?.());
    await act(() => vi.advanceTimersByTimeAsync(1000));
    expect(FakeLive.latest).not.toBe(first);
    expect(FakeLive.latest?.said[0]).toMatchObject({ type: "subscribe", epoch: "e1", last_seq: 101 });
  });
});

test("Ctrl+K finds a page by a few letters", async () => {
  const { router } = draw(scenes.board);
  await screen.findByText("M. Brown");
  await userEvent.keyboard("{Control>}[KeyK]{/Control}");
  await userEvent.type(await screen.findByRole("combobox", { name: "What do you want to do?" }), "camp{Enter}");
  await waitFor(() => expect(router.state.location.pathname).toBe("/campaigns"));
});

test("the board moves with events", async () => {
  draw(scenes.board);
  await screen.findByText("A. Green");
  act(() => FakeLive.latest?.tell(event(101, "calls", "call_ended", { call_id: "9223372036854775804" })));
  await waitFor(() => expect(screen.queryByText("A. Green")).toBeNull());
});
