/** Keeps a draft in the browser and on the server. */
import { useCallback, useEffect, useReducer, useRef } from "react";

import { Refused, send } from "@/api/client";
import type { DraftView } from "@/api/types";

import { contentOf, draftAfter, opened, SAVE_AFTER_MS, wantsSaving, type Content, type Draft } from "./draft";

const RETRY_MS = 3_000;
const place = (callId: string): string => `jingyin.draft.${callId}`;

export interface DraftHandle {
  draft: Draft;
  type: (change: Partial<Content>) => void;
  takeTheirs: () => void;
  keepMine: () => void;
  /** The call is wrapped up: nothing of it stays in this browser. */
  forget: () => void;
}

/** Mount it with `key={callId}`: another call is another draft. */
export function useDraft(callId: string, server: DraftView | null): DraftHandle {
  const [draft, dispatch] = useReducer(draftAfter, null, () => opened(kept(callId), server));

  const latest = useRef(draft);
  const forgotten = useRef(false);
  useEffect(() => {
    if (forgotten.current) return;
    if (draft.dirty || draft.sending) localStorage.setItem(place(callId), JSON.stringify({ ...draft, dirty: true }));
    else localStorage.removeItem(place(callId));
  }, [callId, draft]);

  useEffect(() => {
    latest.current = draft;
  });
  useEffect(
    () => () => {
      // the form goes, as when its time is over: what was typed last is sent at once
      if (wantsSaving(latest.current) && !forgotten.current) void save(callId, latest.current).then((told) => told.type === "saved" && localStorage.removeItem(place(callId)));
    },
    [callId],
  );

  const wanted = wantsSaving(draft);
  useEffect(() => {
    if (!wanted) return;
    const timer = window.setTimeout(
      () => {
        if (forgotten.current) return;
        dispatch({ type: "sent" });
        void save(callId, draft).then(dispatch);
      },
      draft.failed ? RETRY_MS : SAVE_AFTER_MS,
    );
    return () => window.clearTimeout(timer);
  }, [callId, draft, wanted]);

  return {
    draft,
    type: useCallback((change: Partial<Content>) => dispatch({ type: "typed", change }), []),
    takeTheirs: useCallback(() => dispatch({ type: "took_theirs" }), []),
    keepMine: useCallback(() => dispatch({ type: "kept_mine" }), []),
    forget: useCallback(() => {
      forgotten.current = true;
      localStorage.removeItem(place(callId));
    }, [callId]),
  };
}

async function save(callId: string, draft: Draft): Promise<Parameters<typeof draftAfter>[1]> {
  try {
    const saved = await send<{ etag: string; saved_at: string }>("PUT", "/api/desk/draft", { call_id: callId, ...contentOf(draft), etag: draft.etag });
    return { type: "saved", etag: saved.etag, savedAt: saved.saved_at };
  } catch (refused) {
    if (refused instanceof Refused && refused.status === 409 && refused.other) {
      const theirs = refused.other as Content & { etag: string }; // the server's word
      return { type: "conflicted", theirs: { ...contentOf(theirs), etag: theirs.etag } };
    }
    return { type: "failed" };
  }
}

function kept(callId: string): Draft | null {
  const stored = localStorage.getItem(place(callId));
  return stored === null ? null : (JSON.parse(stored) as Draft); // written above, by this browser
}
