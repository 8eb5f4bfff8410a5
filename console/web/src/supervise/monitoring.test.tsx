import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { LiveCall, Me, MonitorMode } from "@/api/types";
import { aBoard, aCall, aDesk, aDeskCall, event } from "@/testing/fixtures";
import { draw, FakeLive, sent, setStage } from "@/testing/draw";
import { problem, scenes, type Scene } from "@/testing/scenes";

import { useMonitoring } from "./monitoring";

setStage();

const watched = aBoard().calls.find(({ stage }) => stage === "human") ?? aCall(7, "human");
const strip = () => screen.findByRole("region", { name: "The call you are in" });
const told = (seq: number, type: string, change: Partial<LiveCall>) => act(() => FakeLive.latest?.tell(event(seq, "calls", type, { ...watched, monitored: "barge", ...change })));

/** The scene with the supervisor in its call, as the server has it too. */
function inCall(scene: Scene, mode: MonitorMode) {
  useMonitoring.setState({ call: watched.call_id, mode }); // not as after a reload
  const calls = aBoard().calls.map((call) => (call.call_id === watched.call_id ? { ...call, monitored: mode } : call));
  return draw({ ...scene, answers: { ...scene.answers, "/api/board": { body: aBoard({ calls }) } } });
}

beforeEach(() => useMonitoring.setState({ call: null, mode: null, left: null }));
afterEach(() => useMonitoring.setState({ call: null, mode: null, left: null }));

describe("who is in a call", () => {
  test.each<[keyof typeof scenes, MonitorMode, string, string]>([
    ["campaigns", "barge", "Barge", "Both hear you."],
    ["talk", "whisper", "Whisper", "Only the agent hears you."],
    ["customer", "listen", "Listen", "Neither hears you."],
  ])("is told so on the page %s too (%s)", async (page, mode, name, sentence) => {
    inCall(scenes[page], mode);
    const shown = within(await strip());
    expect(shown.getByText(name)).toBeVisible();
    expect(shown.getByText(sentence)).toBeVisible();
    expect(await shown.findByRole("link", { name: /To the call: C. Wood/ })).toHaveAttribute("href", `/board?call=${watched.call_id}`);
  });

  test("is told so in a tab that did not bring them there, follows what they do in the other, and leaves", async () => {
    const me = (scenes.campaigns.answers["/api/me"]?.body as Me).user_id;
    const calls = (monitored: MonitorMode | null, by: string | null = me) => aBoard().calls.map((call) => (call.call_id === watched.call_id ? { ...call, monitored, monitored_by: monitored && by } : call));
    const { serve } = draw({ ...scenes.campaigns, answers: { ...scenes.campaigns.answers, "/api/board": { body: aBoard({ calls: calls("listen") }) } } });
    expect(within(await strip()).getByText("Neither hears you.")).toBeVisible();
    told(101, "monitored", { monitored: "barge", monitored_by: me });
    expect(await within(await strip()).findByText("Both hear you.")).toBeVisible();
    await userEvent.click(within(await strip()).getByRole("button", { name: "Leave" }));
    await waitFor(() => expect(screen.queryByRole("region", { name: "The call you are in" })).toBeNull());
    expect(sent.map(({ method, path }) => `${method} ${path}`)).toContain(`DELETE /api/calls/${watched.call_id}/monitor`);
    told(102, "monitored", { monitored: "barge", monitored_by: me }); // the last word of before
    await waitFor(() => expect(useMonitoring.getState().call).toBeNull());
    serve({ "/api/board": { body: aBoard({ calls: calls(null) }) } });
    told(103, "monitored", { monitored: null, monitored_by: null });
    await waitFor(() => expect(useMonitoring.getState().left).toBeNull());
  });

  test("is not taken for another supervisor", async () => {
    const calls = aBoard().calls.map((call) => ({ ...call, monitored: "barge" as const, monitored_by: "77" }));
    draw({ ...scenes.campaigns, answers: { ...scenes.campaigns.answers, "/api/board": { body: aBoard({ calls }) } } });
    await screen.findByRole("heading", { name: /Campaigns/ });
    await waitFor(() => expect(FakeLive.latest).not.toBeNull());
    expect(screen.queryByRole("region", { name: "The call you are in" })).toBeNull();
  });

  test("leaves it from there", async () => {
    inCall(scenes.campaigns, "barge");
    await userEvent.click(within(await strip()).getByRole("button", { name: "Leave" }));
    await waitFor(() => expect(screen.queryByRole("region", { name: "The call you are in" })).toBeNull());
    expect(sent.map(({ method, path }) => `${method} ${path}`)).toContain(`DELETE /api/calls/${watched.call_id}/monitor`);
  });

  test("leaves a call that is over all the same", async () => {
    const { serve } = inCall(scenes.campaigns, "barge");
    serve({ [`DELETE /api/calls/${watched.call_id}/monitor`]: problem(404, "crm.not_found", "no such call under way") });
    await userEvent.click(within(await strip()).getByRole("button", { name: "Leave" }));
    await waitFor(() => expect(useMonitoring.getState().call).toBeNull());
  });

  test("reads it beside the call on the page of ladders, and once", async () => {
    inCall(scenes.supervise, "barge");
    expect(await screen.findByText("Both hear you.")).toBeVisible();
    expect(screen.queryByRole("region", { name: "The call you are in" })).toBeNull();
  });

  test("is told what the customer hears as it changes", async () => {
    inCall(scenes.campaigns, "barge");
    const shown = within(await strip());
    await shown.findByText(/C. Wood/);
    told(101, "call_state", { held: true });
    expect(await shown.findByText("Only the agent hears you. The customer is on hold and hears music.")).toBeVisible();
    told(102, "call_state", { phone_lost: true });
    expect(await shown.findByText("Only the customer hears you. The agent's phone is lost.")).toBeVisible();
  });

  test("is back at listening when the server says so, and out when the call is over", async () => {
    inCall(scenes.campaigns, "barge");
    const shown = within(await strip());
    await shown.findByText(/C. Wood/);
    told(101, "call_state", { monitored: "listen" });
    expect(await shown.findByText("Neither hears you.")).toBeVisible();
    told(102, "call_ended", {});
    await waitFor(() => expect(screen.queryByRole("region", { name: "The call you are in" })).toBeNull());
    expect(useMonitoring.getState().call).toBeNull();
  });
});

describe("a talk with the robot by voice", () => {
  const refused = async () => {
    await userEvent.click(await screen.findByRole("button", { name: /With your microphone/ }));
    expect(await screen.findByText("Your microphone is open in a call")).toBeVisible();
    expect(sent.filter(({ path }) => path === "/api/talk")).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Type instead" }));
    await waitFor(() => expect(sent.find(({ path }) => path === "/api/talk")?.body).toMatchObject({ mode: "typed" }));
  };

  test.each<MonitorMode>(["whisper", "barge"])("does not begin in mid-%s: typing is offered", async (mode) => {
    inCall(scenes.talk, mode);
    await strip();
    await refused();
  });

  test("does not begin in mid-call at the own desk", async () => {
    draw({ ...scenes.live, path: "/talk", answers: { ...scenes.live.answers, "/api/desk": { body: aDesk({ state: "talking", call: aDeskCall() }) } } });
    await screen.findByRole("region", { name: "Current call" });
    await refused();
  });

  test("begins while one only listens: nobody hears that microphone", async () => {
    inCall(scenes.talk, "listen");
    await strip();
    await userEvent.click(await screen.findByRole("button", { name: /With your microphone/ }));
    expect(await screen.findByText("This page may not use a microphone")).toBeVisible(); // jsdom has none
  });
});
