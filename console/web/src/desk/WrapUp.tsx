/** What comes of the call: outcome, grade, note, callback. All of it survives a reload; nothing is invented when time runs out. */
import { Button, Input } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import type { DraftView, Grade } from "@/api/types";
import { clockTime } from "@/clock";
import { useDraft } from "@/drafts/hooks";
import { DraftConflict } from "@/drafts/DraftConflict";
import { instant, localInput, type Draft } from "@/drafts/draft";
import type { MessageKey } from "@/i18n";
import { useCommands } from "@/keyboard/hooks";
import { keyName, type Command } from "@/keyboard/registry";
import { useCanCommand } from "@/live/provider";
import { useCommand } from "@/parts/command";
import { useSure } from "@/parts/sure";
import { outcomeName } from "@/words";

import { OUTCOMES } from "./useDesk";

const GRADES: readonly Grade[] = ["A", "B", "C", "D", "E", "F"];
const SAVE_KEY = "$mod+Enter";

interface Props {
  callId: string;
  /** The server's, when the form is opened. */
  draft: DraftView | null;
  /** The call is over for the agent: its result can be saved. */
  ended: boolean;
  /** A next customer comes when it is saved. */
  next: boolean;
  done?: () => void;
}

/** Mount it with `key={callId}`. */
export function WrapUp({ callId, draft: server, ended, next, done }: Props) {
  const { t } = useTranslation();
  const sure = useSure();
  const { draft, type, takeTheirs, keepMine, forget } = useDraft(callId, server);
  const { grade } = draft;
  const canCommand = useCanCommand();
  const { mutate, isPending } = useCommand("desk");

  const missing = draft.outcome === "" ? "wrap.needs_outcome" : draft.outcome === "callback" && draft.callback_at === null ? "wrap.needs_time" : null;
  const refusal = !canCommand ? t("refusal.stale") : !ended ? t("wrap.call_is_live") : missing ? t(missing) : draft.conflict ? t("wrap.conflict") : undefined;
  const commands = useMemo<Command[]>(
    () => [
      ...OUTCOMES.map(
        (outcome, index): Command => ({
          id: `outcome-${outcome}`,
          label: `outcome.${outcome}`,
          group: "group.outcome",
          key: `Digit${index + 1}`,
          run: () => choose(outcome),
        }),
      ),
      { id: "outcomes", label: "wrap.outcome", group: "group.outcome", key: "F8", run: () => document.getElementById("outcome-0")?.focus() },
      { id: "save", label: "wrap.save", group: "group.outcome", key: SAVE_KEY, refusal, run: save },
    ],
    // eslint-disable-next-line react-hooks/exhaustive-deps -- `choose` and `save` are made of what is listed
    [refusal, draft, callId],
  );
  useCommands(commands);

  function choose(outcome: string): void {
    if (outcome !== "do_not_call") { type({ outcome }); return; }
    sure({ title: t("optout.title"), content: t("optout.what"), act: t("optout.do"), onOk: () => type({ outcome }) });
  }

  function save(): void {
    const body = {
      call_id: callId,
      outcome: draft.outcome,
      note: draft.note,
      ...(grade ? { grade } : {}),
      ...(draft.outcome === "callback" ? { callback_at: draft.callback_at } : {}),
    };
    const saved = (): void => {
      forget();
      done?.();
    };
    mutate({ path: "/api/desk/wrap-up", body }, { onSuccess: saved });
  }

  return (
    <section className="panel" aria-label={t("wrap.title")}>
      <header>
        <h2 className="grow">{t("wrap.title")}</h2>
        <SavedMark draft={draft} />
      </header>
      <div className="body stack" style={{ gap: 14 }}>
        {draft.conflict ? <DraftConflict mine={draft} theirs={draft.conflict} takeTheirs={takeTheirs} keepMine={keepMine} /> : null}
        <div className="field">
          <div className="label" id="outcome-label">
            {t("wrap.outcome")}
          </div>
          <div className="outcomes" role="radiogroup" aria-labelledby="outcome-label">
            {OUTCOMES.map((outcome, index) => (
              <button
                key={outcome}
                id={`outcome-${index}`}
                type="button"
                role="radio"
                aria-checked={draft.outcome === outcome}
                className={`plain outcome ${outcome === "do_not_call" ? "danger" : ""}`}
                onClick={() => choose(outcome)}
              >
                <kbd>{index + 1}</kbd>
                <span>{outcomeName(t, outcome)}</span>
              </button>
            ))}
          </div>
        </div>
        {draft.outcome === "callback" ? (
          <div className="field">
            <label htmlFor="callback-at">{t("wrap.callback_at")}</label>
            <Input id="callback-at" type="datetime-local" value={localInput(draft.callback_at)} onChange={(change) => type({ callback_at: instant(change.target.value) })} />
          </div>
        ) : null}
        <div className="field">
          <div className="label" id="grade-label">
            {t("wrap.grade")}
          </div>
          <div className="row" role="radiogroup" aria-labelledby="grade-label" style={{ gap: 6 }}>
            {GRADES.map((letter) => (
              <button
                key={letter}
                type="button"
                role="radio"
                aria-checked={grade === letter}
                aria-label={t("grade.by_human", { grade: letter })}
                className={`plain grade grade-${letter} ${grade === letter ? "human-made" : ""}`}
                style={{ width: 32, height: 28 }}
                onClick={() => type({ grade: grade === letter ? null : letter })}
              >
                {letter}
              </button>
            ))}
          </div>
        </div>
        <div className="field">
          <label htmlFor="note">{t("wrap.note")}</label>
          <Input.TextArea id="note" rows={5} maxLength={5000} value={draft.note} onChange={(change) => type({ note: change.target.value })} />
        </div>
        <Button type="primary" block disabled={refusal !== undefined} loading={isPending} onClick={save}>
          {t(next ? "wrap.save" : "wrap.save_only")} <kbd>{keyName(SAVE_KEY)}</kbd>
        </Button>
        {refusal ? <p className="soft dense">{refusal}</p> : null}
      </div>
    </section>
  );
}

function SavedMark({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const key: MessageKey | null = draft.conflict ? "draft.conflict" : draft.failed ? "draft.failed" : draft.dirty || draft.sending ? "draft.saving" : draft.savedAt ? "draft.saved" : null;
  return (
    <span className="soft dense" role="status">
      {key ? t(key, { time: clockTime(draft.savedAt) }) : ""}
    </span>
  );
}
