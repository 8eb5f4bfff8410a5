/** What comes of the call: outcome, grade, note, callback. All of it survives a reload; nothing is invented when time runs out. */
import { App, Button, Input } from "antd";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { DeskView, Grade } from "@/api/types";
import { clockTime } from "@/clock";
import { useDraft } from "@/drafts/hooks";
import { DraftConflict } from "@/drafts/DraftConflict";
import type { Draft } from "@/drafts/draft";
import type { MessageKey } from "@/i18n";
import { useCommands } from "@/keyboard/hooks";
import { keyName, type Command } from "@/keyboard/registry";
import { useCanCommand } from "@/live/provider";
import { useCommand } from "@/parts/command";
import { outcomeName } from "@/words";

import { OUTCOMES } from "./useDesk";

const GRADES: readonly Grade[] = ["A", "B", "C", "D", "E", "F"];
const SAVE_KEY = "$mod+Enter";

export function WrapUp({ callId, desk }: { callId: string; desk: DeskView }) {
  const { t } = useTranslation();
  const { modal } = App.useApp();
  const { draft, type, takeTheirs, keepMine, forget } = useDraft(callId, desk.call?.draft ?? desk.wrap_up?.draft ?? null);
  const [grade, setGrade] = useState<Grade | null>(null);
  const [callback, setCallback] = useState("");
  const canCommand = useCanCommand();
  const { mutate, isPending } = useCommand("desk");

  const missing = draft.outcome === "" ? "wrap.needs_outcome" : draft.outcome === "callback" && callback === "" ? "wrap.needs_time" : null;
  const mayEnd = desk.allowed_actions.includes("wrap_up");
  const refusal = !canCommand ? t("refusal.stale") : !mayEnd ? t("wrap.call_is_live") : missing ? t(missing) : draft.conflict ? t("wrap.conflict") : undefined;
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
    [refusal, draft, grade, callback, callId],
  );
  useCommands(commands);

  function choose(outcome: string): void {
    if (outcome !== "do_not_call") { type({ outcome }); return; }
    void modal.confirm({
      title: t("optout.title"),
      content: t("optout.what"),
      okText: t("optout.do"),
      cancelText: t("cancel"),
      okButtonProps: { danger: true },
      onOk: () => type({ outcome }),
    });
  }

  function save(): void {
    const body = {
      call_id: callId,
      outcome: draft.outcome,
      note: draft.note,
      ...(grade ? { grade } : {}),
      ...(draft.outcome === "callback" ? { callback_at: new Date(callback).toISOString() } : {}),
    };
    mutate({ path: "/api/desk/wrap-up", body }, { onSuccess: forget });
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
            <Input id="callback-at" type="datetime-local" value={callback} onChange={(change) => setCallback(change.target.value)} />
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
                onClick={() => setGrade(grade === letter ? null : letter)}
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
          {t("wrap.save")} <kbd>{keyName(SAVE_KEY)}</kbd>
        </Button>
        {refusal ? <p className="soft dense">{refusal}</p> : null}
      </div>
    </section>
  );
}

function SavedMark({ draft }: { draft: Draft }) {
  const { t } = useTranslation();
  const key: MessageKey | null = draft.failed ? "draft.failed" : draft.dirty || draft.sending ? "draft.saving" : draft.savedAt ? "draft.saved" : null;
  return (
    <span className="soft dense" role="status">
      {key ? t(key, { time: clockTime(draft.savedAt) }) : ""}
    </span>
  );
}
