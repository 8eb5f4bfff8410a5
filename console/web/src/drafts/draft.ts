/**
 * A result that cannot be lost: outcome, grade, note, time to call back. Kept in this browser at each change, on the server 800 ms after the last one.
 *
 * The server's version never overwrites what is being typed: when it refuses ours because another was saved meanwhile, both
 * are kept and the person chooses. Pure; hooks.ts acts.
 */
import type { Grade } from "@/api/types";

export const SAVE_AFTER_MS = 800;

export interface Content {
  note: string;
  outcome: string;
  grade: Grade | null;
  /** An instant as `Date.toISOString` writes it. */
  callback_at: string | null;
}

export interface Draft extends Content {
  /** The server's version that ours is based on; empty when it has none. */
  etag: string;
  /** Changed since it was last sent. */
  dirty: boolean;
  /** What is on its way to the server. */
  sending: Content | null;
  savedAt: string | null;
  /** Saving failed for now; it is tried again. */
  failed: boolean;
  /** What somebody else (another tab, another machine) saved. */
  conflict: Version | null;
}

export type DraftEvent =
  | { type: "typed"; change: Partial<Content> }
  | { type: "sent" }
  | { type: "saved"; etag: string; savedAt: string }
  | { type: "failed" }
  | { type: "conflicted"; theirs: Version }
  | { type: "took_theirs" }
  | { type: "kept_mine" };

export const emptyDraft: Draft = {
  note: "",
  outcome: "",
  grade: null,
  callback_at: null,
  etag: "",
  dirty: false,
  sending: null,
  savedAt: null,
  failed: false,
  conflict: null,
};

type Version = Content & { etag: string };

/** Where to begin: what this browser kept wins over the server's when it was not sent yet. */
export function opened(local: Draft | null, server: (Version & { saved_at: string | null }) | null): Draft {
  const fromServer: Draft = server ? { ...emptyDraft, ...contentOf(server), etag: server.etag, savedAt: server.saved_at } : emptyDraft;
  if (!local?.dirty) return fromServer;
  const moved = server !== null && server.etag !== local.etag && !same(contentOf(server), local);
  return { ...emptyDraft, ...local, sending: null, failed: false, conflict: moved ? { ...contentOf(server), etag: server.etag } : null };
}

/** The content alone, its time as this browser writes times. */
export function contentOf({ note, outcome, grade, callback_at }: Content): Content {
  return { note, outcome, grade, callback_at: callback_at === null ? null : new Date(callback_at).toISOString() };
}

/** An instant in the reader's own zone, as an `<input type="datetime-local">` has it, and back. */
export function localInput(at: string | null): string {
  if (at === null) return "";
  const when = new Date(at);
  return new Date(when.getTime() - when.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

export function instant(input: string): string | null {
  return input === "" ? null : new Date(input).toISOString();
}

export function draftAfter(draft: Draft, event: DraftEvent): Draft {
  switch (event.type) {
    case "typed":
      return { ...draft, ...event.change, dirty: true };
    case "sent":
      return { ...draft, sending: contentOf(draft), dirty: false, failed: false };
    case "saved":
      return { ...draft, etag: event.etag, savedAt: event.savedAt, sending: null };
    case "failed":
      return { ...draft, sending: null, dirty: true, failed: true };
    case "conflicted":
      if (same(event.theirs, draft)) return { ...draft, etag: event.theirs.etag, sending: null };
      return { ...draft, sending: null, dirty: true, conflict: event.theirs };
    case "took_theirs":
      if (!draft.conflict) return draft;
      return { ...draft, ...draft.conflict, dirty: false, conflict: null };
    case "kept_mine":
      if (!draft.conflict) return draft;
      return { ...draft, etag: draft.conflict.etag, dirty: true, conflict: null };
  }
}

/** True when it should be sent once nothing was typed for SAVE_AFTER_MS. */
export function wantsSaving(draft: Draft): boolean {
  return draft.dirty && draft.sending === null && draft.conflict === null;
}

function same(one: Content, other: Content): boolean {
  return one.note === other.note && one.outcome === other.outcome && one.grade === other.grade && one.callback_at === other.callback_at;
}
