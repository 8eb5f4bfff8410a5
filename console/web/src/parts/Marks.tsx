/** The two marks that stand everywhere: a stage (colour and word) and a grade (colour and letter). */
import { Tooltip } from "antd";
import { useTranslation } from "react-i18next";

import type { Grade as Letter } from "@/api/types";
import { duration, useNow } from "@/clock";
import { stateName } from "@/words";

export function StageMark({ stage }: { stage: string }) {
  const { t } = useTranslation();
  return <span className={`stage tone-${stage}`}>{stateName(t, stage)}</span>;
}

/** A machine's grade is outlined, a person's filled. */
export function GradeMark({ grade, by = "machine" }: { grade: Letter | null; by?: "machine" | "human" }) {
  const { t } = useTranslation();
  if (!grade) return null;
  const words = t(by === "human" ? "grade.by_human" : "grade.by_machine", { grade });
  return (
    <Tooltip title={words}>
      <span role="img" className={`grade grade-${grade} ${by === "human" ? "human-made" : ""}`} aria-label={words}>
        {grade}
      </span>
    </Tooltip>
  );
}

export function Since({ at, className = "" }: { at: string | null; className?: string }) {
  const now = useNow();
  return <span className={`num ${className}`}>{at ? duration(now - Date.parse(at)) : "–"}</span>;
}
