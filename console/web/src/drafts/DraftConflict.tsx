/** Two versions of one note: both are shown, the person chooses. */
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";

import { dateTime } from "@/clock";
import { usePreferences } from "@/preferences";
import { outcomeName } from "@/words";

import type { Content } from "./draft";

export function DraftConflict({ mine, theirs, takeTheirs, keepMine }: { mine: Content; theirs: Content; takeTheirs: () => void; keepMine: () => void }) {
  const { t } = useTranslation();
  const { lang } = usePreferences();
  const said = ({ outcome, grade, callback_at, note }: Content): string =>
    [outcome ? outcomeName(t, outcome) : "", grade ?? "", callback_at ? dateTime(callback_at, lang) : "", note].filter(Boolean).join(" · ");
  return (
    <Alert
      type="warning"
      title={t("conflict.title")}
      description={
        <div className="stack dense">
          <div>
            <strong>{t("conflict.mine")}</strong> {said(mine)}
          </div>
          <div>
            <strong>{t("conflict.theirs")}</strong> {said(theirs)}
          </div>
          <div className="row">
            <Button size="small" type="primary" onClick={keepMine}>
              {t("conflict.keep")}
            </Button>
            <Button size="small" onClick={takeTheirs}>
              {t("conflict.take")}
            </Button>
          </div>
        </div>
      }
    />
  );
}
