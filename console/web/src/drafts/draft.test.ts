import { expect, test } from "vitest";

import { draftAfter, emptyDraft, opened, wantsSaving, type Draft, type DraftEvent } from "./draft";

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
  const draft = after(typed("mine"), { type: "sent" }, { type: "conflicted", theirs: { note: "theirs", outcome: "", etag: "v9" } });
  expect(draft).toMatchObject({ note: "mine", conflict: { note: "theirs", etag: "v9" } });
  expect(wantsSaving(draft)).toBe(false);
  expect(draftAfter(draft, { type: "kept_mine" })).toMatchObject({ note: "mine", etag: "v9", dirty: true, conflict: null });
  expect(draftAfter(draft, { type: "took_theirs" })).toMatchObject({ note: "theirs", etag: "v9", dirty: false, conflict: null });
});

test("a conflict over the same words is none", () => {
  const draft = after(typed("same"), { type: "sent" }, { type: "conflicted", theirs: { note: "same", outcome: "", etag: "v2" } });
  expect(draft).toMatchObject({ etag: "v2", conflict: null });
});

test("after a reload, unsent words of this browser are there again", () => {
  const local = after(typed("half a sent"));
  expect(opened(local, { note: "", outcome: "", etag: "v1", saved_at: null })).toMatchObject({ note: "half a sent", dirty: true });
});

test("after a reload, sent words come from the server", () => {
  const local = after(typed("old"), { type: "sent" }, saved("v1"));
  expect(opened(local, { note: "newer, of the other tab", outcome: "sold", etag: "v2", saved_at: null })).toMatchObject({
    note: "newer, of the other tab",
    outcome: "sold",
    etag: "v2",
  });
});
