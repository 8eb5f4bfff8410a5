import { expect, test } from "vitest";

import { draftAfter, emptyDraft, instant, localInput, opened, wantsSaving, type Content, type Draft, type DraftEvent } from "./draft";

const content = (note: string): Content => ({ note, outcome: "", grade: null, callback_at: null });
const after = (...events: DraftEvent[]): Draft => events.reduce(draftAfter, emptyDraft);
const typed = (note: string): DraftEvent => ({ type: "typed", change: { note } });
const saved = (etag: string): DraftEvent => ({ type: "saved", etag, savedAt: "2026-11-26T14:32:10Z" });

test("what is typed while an earlier version is on its way is sent next", () => {
  const draft = after(typed("call"), { type: "sent" }, typed("call back"), saved("v1"));
  expect(draft).toMatchObject({ note: "call back", etag: "v1", dirty: true });
  expect(wantsSaving(draft)).toBe(true);
});

test("nothing is sent twice while one is on its way", () => {
  expect(wantsSaving(after(typed("call"), { type: "sent" }, typed("more")))).toBe(false);
});

test("a failed save is tried again", () => {
  const draft = after(typed("call"), { type: "sent" }, { type: "failed" });
  expect(draft.failed).toBe(true);
  expect(wantsSaving(draft)).toBe(true);
});

test("another's version never overwrites what is typed", () => {
  const draft = after(typed("mine"), { type: "sent" }, { type: "conflicted", theirs: { ...content("theirs"), etag: "v9" } });
  expect(draft).toMatchObject({ note: "mine", conflict: { note: "theirs", etag: "v9" } });
  expect(wantsSaving(draft)).toBe(false);
  expect(draftAfter(draft, { type: "kept_mine" })).toMatchObject({ note: "mine", etag: "v9", dirty: true, conflict: null });
  expect(draftAfter(draft, { type: "took_theirs" })).toMatchObject({ note: "theirs", etag: "v9", dirty: false, conflict: null });
});

test("a conflict over the same words is none", () => {
  const draft = after(typed("same"), { type: "sent" }, { type: "conflicted", theirs: { ...content("same"), etag: "v2" } });
  expect(draft).toMatchObject({ etag: "v2", conflict: null });
});

test("after a reload, unsent words of this browser are there again", () => {
  const local = after(typed("half a sent"));
  expect(opened(local, { ...content(""), etag: "v1", saved_at: null })).toMatchObject({ note: "half a sent", dirty: true });
});

test("after a reload, sent words come from the server", () => {
  const local = after(typed("old"), { type: "sent" }, saved("v1"));
  expect(opened(local, { ...content("newer, of the other tab"), outcome: "sold", grade: "B", callback_at: "2026-11-27T09:00:00+00:00", etag: "v2", saved_at: null })).toMatchObject({
    note: "newer, of the other tab",
    outcome: "sold",
    grade: "B",
    callback_at: "2026-11-27T09:00:00.000Z",
    etag: "v2",
  });
});

test("another grade, or another time to call back, is another version", () => {
  for (const change of [{ grade: "A" as const }, { callback_at: "2026-11-27T09:00:00.000Z" }]) {
    const draft = after(typed("same"), { type: "sent" }, { type: "conflicted", theirs: { ...content("same"), ...change, etag: "v2" } });
    expect(draft.conflict).toMatchObject(change);
  }
});

test("the same instant as the server writes it is the same version", () => {
  const local = after({ type: "typed", change: { callback_at: "2026-11-27T09:00:00.000Z" } });
  const server = { ...content(""), callback_at: "2026-11-27T09:00:00+00:00", etag: "v2", saved_at: null };
  expect(opened(local, server).conflict).toBeNull();
});

test("a time goes into its field and comes out the same", () => {
  const at = instant("2026-11-27T10:30");
  expect(at).toMatch(/Z$/);
  expect(localInput(at)).toBe("2026-11-27T10:30");
  expect(localInput(instant(""))).toBe("");
});
