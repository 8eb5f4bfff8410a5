/** Two versions of one note: both are shown, the person chooses. */
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";

import type { Content } from "./draft";

export function DraftConflict({ mine, theirs, takeTheirs, keepMine }: { mine: Content; theirs: Content; takeTheirs: () => void; keepMine: () => void }) {
  const { t } = useTranslation();
  return (
    <Alert
      type="warning"
      title={t("conflict.title")}
      description={
        <div className="stack dense">
          <div>
            <strong>{t("conflict.mine")}</strong> {mine.note}
          </div>
          <div>
            <strong>{t("conflict.theirs")}</strong> {theirs.note}
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
