import { describe, expect, test } from "vitest";

import { aBoard, aDesk, anOffer, event } from "@/testing/fixtures";

import { boardAfter, foldBoard } from "./board";
import { deskAfter } from "./desk";

describe("the board", () => {
  test("counts what its calls are", () => {
    const board = foldBoard(aBoard({ calls: [], agents: [] }), [
      event(101, "calls", "call_started", { call_id: "1", stage: "dialling" }),
      event(102, "calls", "call_started", { call_id: "2", stage: "dialling" }),
      event(103, "calls", "call_state", { call_id: "1", stage: "robot" }),
    ]);
    expect(board.tiles).toMatchObject({ dialling: 1, robot: 1 });
  });

  test("counts as not ready who could take a call and is in none", () => {
    const [ann] = aBoard().agents;
    const board = foldBoard(aBoard(), [event(101, "agents", "agent", { ...ann, id: "sue", name: "Sue Park", status: "not_ready", state: "talking" })]);
    expect(board.tiles.not_ready).toBe(1); // Dia, who is at lunch
  });

  test("an event that the snapshot had already changes nothing", () => {
    const board = aBoard();
    expect(boardAfter(board, event(board.seq, "calls", "call_ended", { call_id: board.calls[0]?.call_id }))).toBe(board);
  });

  test("events of another process change nothing: a reset is under way", () => {
    const board = aBoard();
    expect(boardAfter(board, { ...event(999, "calls", "call_ended", {}), epoch: "other" })).toBe(board);
  });

  test("a call's stage restarts its clock, what it says does not", () => {
    const board = aBoard();
    const [first] = board.calls;
    const said = boardAfter(board, event(101, "calls", "turn", { call_id: first?.call_id, index: 9, text: "hello" }));
    expect(said.calls[0]).toMatchObject({ since: first?.since, last_text: "hello" });
    const moved = boardAfter(said, event(102, "calls", "call_state", { call_id: first?.call_id, stage: "waiting" }));
    expect(moved.calls[0]?.since).not.toBe(first?.since);
  });

  test("a call that ended leaves, and late words of it do not bring it back", () => {
    const board = aBoard();
    const id = board.calls[0]?.call_id;
    const after = foldBoard(board, [event(101, "calls", "call_ended", { call_id: id }), event(102, "calls", "turn", { call_id: id, text: "late" })]);
    expect(after.calls.some((call) => call.call_id === id)).toBe(false);
  });

  test("keeps the newest fifty denials", () => {
    const events = Array.from({ length: 60 }, (_, n) => event(101 + n, "campaigns", "denied", { rule: "B01", lead_id: String(n), reason: "", retry_at: null }));
    const board = foldBoard(aBoard({ denials: [] }), events);
    expect(board.denials).toHaveLength(50);
    expect(board.denials[0]?.lead_id).toBe("59");
  });
});

describe("the desk", () => {
  test("shows an offer with its summary at once", () => {
    const desk = deskAfter(aDesk(), event(1, "desk", "offer", { ...anOffer() }));
    expect(desk.offer?.briefing.summary).toEqual(anOffer().briefing.summary);
    expect(desk.allowed_actions).toEqual(["accept", "decline"]);
  });

  test("the end of another offer leaves this one", () => {
    const offered = deskAfter(aDesk(), event(1, "desk", "offer", { ...anOffer() }));
    expect(deskAfter(offered, event(2, "desk", "offer_gone", { transfer_id: "older" })).offer).not.toBeNull();
    expect(deskAfter(offered, event(2, "desk", "offer_gone", { transfer_id: anOffer().transfer_id })).offer).toBeNull();
  });
});
