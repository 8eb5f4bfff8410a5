import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, test } from "vitest";

import { aMe, aTurn, event } from "@/testing/fixtures";
import { draw, FakeLive, sent, setStage } from "@/testing/draw";
import { problem, scenes } from "@/testing/scenes";

setStage();

const of = (path: string) => sent.filter((one) => one.path === path);
const choose = async (name: RegExp) => userEvent.click(await screen.findByRole("button", { name }));
const said = () => screen.findByRole("group", { name: "What was said" });

test("a designer begins here", async () => {
  const { router } = draw({ path: "/", answers: { ...scenes.talk.answers, "/api/me": { body: aMe({ roles: ["designer"] }) } } });
  await waitFor(() => expect(router.state.location.pathname).toBe("/talk"));
  expect(await screen.findByRole("link", { name: /Talk to the robot/ })).toBeVisible();
  expect(screen.queryByRole("link", { name: /Campaigns/ })).toBeNull();
});

test("it says who hears a voice, and how good to expect that to be", async () => {
  draw(scenes.talk);
  const card = await screen.findByRole("button", { name: /With your microphone/ });
  expect(card).toHaveTextContent("pocketsphinx, the phrases it expects");
  expect(card).toHaveTextContent("two in three of the phrases");
});

test("a language that nobody hears people in is for typing", async () => {
  draw({ ...scenes.talk, answers: { ...scenes.talk.answers, "/api/talk/engines": { body: [{ lang: "en", name: "none", expect: "", voice: false, hearing: null }] } } });
  const card = await screen.findByRole("button", { name: /With your microphone/ });
  expect(card).toBeDisabled();
  expect(card).toHaveTextContent("Type instead");
  expect(card).not.toHaveTextContent("Heard by");
});

test("what happened before the page listened is fetched, and what happens then is told", async () => {
  draw({ ...scenes.talk, answers: { ...scenes.talk.answers, "/api/talk/t1": { body: { events: [{ type: "turn", data: aTurn(0, "robot", "Hello, this is Ada.") }] } } } });
  await choose(/By typing/);
  expect(await screen.findByText("Hello, this is Ada.")).toBeVisible();
  act(() => FakeLive.latest?.tell(event(101, "talks/t1", "turn", { ...aTurn(1, "customer", "how much is it", { intent: "ask_price", confidence: 0.9 }) })));
  expect(await within(await said()).findByText("how much is it")).toBeVisible();
  expect(FakeLive.latest?.said.at(-1)?.topics).toContain("talks/t1");
});

test("the answer time has no figures before there is one", async () => {
  draw(scenes.talk);
  await choose(/By typing/);
  const times = within(await screen.findByRole("region", { name: "Answer time" }));
  expect(times.getByText("–")).toBeVisible();
  expect(times.queryByText(/Median/)).toBeNull();
  act(() => FakeLive.latest?.tell(event(101, "talks/t1", "latency", { index: 2, response_ms: 880 })));
  act(() => FakeLive.latest?.tell(event(102, "talks/t1", "latency", { index: 4, response_ms: 1420 })));
  expect(await times.findByText(/Median 1150 ms of 2\./)).toBeVisible();
});

test("words and keys go to the robot, Enter says them", async () => {
  draw(scenes.talk);
  await choose(/By typing/);
  await userEvent.type(await screen.findByRole("textbox", { name: /Say something/ }), "how much is it{Enter}");
  await waitFor(() => expect(of("/api/talk/t1/say")[0]?.body).toEqual({ text: "how much is it" }));
  await userEvent.click(screen.getByRole("button", { name: "9" }));
  await waitFor(() => expect(of("/api/talk/t1/key")[0]?.body).toEqual({ digit: "9" }));
});

test("the end shows grade and summary, takes no more words, and leads to another talk", async () => {
  draw(scenes.talkEnded);
  await choose(/By typing/);
  expect(await screen.findByText(/wants to speak to a person/)).toBeVisible();
  expect(screen.getByRole("status")).toHaveTextContent("An agent would have taken over here.");
  expect(screen.getByText("Platform")).toBeVisible();
  expect(screen.queryByRole("textbox", { name: /Say something/ })).toBeNull();
  expect(screen.getByRole("button", { name: "9" })).toBeDisabled();
  await userEvent.click(screen.getByRole("button", { name: "Once more" }));
  expect(await screen.findByRole("button", { name: /By typing/ })).toBeVisible();
});

test("who goes to another page has hung up", async () => {
  const { router } = draw(scenes.talk);
  await choose(/By typing/);
  await screen.findByRole("textbox", { name: /Say something/ });
  await act(() => router.navigate("/campaigns"));
  await waitFor(() => expect(of("/api/talk/t1/hang-up")).toHaveLength(1));
  expect(of("/api/talk/t1/hang-up")[0]?.csrf).toBe("token");
});

test("a browser that gives no microphone is told why, and typing is one click away", async () => {
  draw(scenes.talk); // jsdom has no microphone, as pages off HTTPS have none
  await choose(/With your microphone/);
  expect(await screen.findByText("This page may not use a microphone")).toBeVisible();
  await choose(/Type instead/);
  expect(await screen.findByRole("textbox", { name: /Say something/ })).toBeVisible();
  expect(of("/api/talk")[0]?.body).toMatchObject({ mode: "typed" });
});

test("a refusal is told in words, with its values", async () => {
  draw({ ...scenes.talk, answers: { ...scenes.talk.answers, "POST /api/talk": problem(429, "dialer.too_many_talks", "you have 2 talks under way", "End one of them first.", { count: 2 }) } });
  await choose(/By typing/);
  expect(await screen.findByText(/You have 2 talks with the robot under way/)).toBeVisible();
});
