/** Is what I see still true? A dot while it is, an amber strip with the time when it is not. */
import { useTranslation } from "react-i18next";

import { clockTime } from "@/clock";
import { useLive } from "@/live/provider";

export function LinkDot() {
  const { t } = useTranslation();
  const { link } = useLive();
  return (
    <span className={`link-dot ${link}`} title={t(`link.${link}.what`)}>
      {t(`link.${link}`)}
    </span>
  );
}

export function StaleStrip() {
  const { t } = useTranslation();
  const { link, heardAt } = useLive();
  if (link !== "stale" && link !== "offline") return null;
  return (
    <div className="strip" role="status">
      <strong>{t("stale.title", { time: clockTime(heardAt) })}</strong>
      <span>{t("stale.what")}</span>
    </div>
  );
}
