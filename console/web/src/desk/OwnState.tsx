/** The agent's own state and how long it has lasted, in the top bar of every page; choosing another is one click. */
import { Dropdown } from "antd";
import { useTranslation } from "react-i18next";

import { Since } from "@/parts/Marks";
import { usePhone } from "@/phone/provider";
import { stateName } from "@/words";

import { useChoices } from "./AfterCall";
import { shownState, useDesk } from "./useDesk";

export function OwnState() {
  const { t } = useTranslation();
  const desk = useDesk().data;
  const { view } = usePhone();
  const items = useChoices(desk);
  if (!desk) return null;
  const shown = shownState(desk);
  return (
    <>
      {view.state === "up" ? (
        <span className="meter" role="img" aria-label={t("phone.level")} title={view.microphone} translate="no">
          <i style={{ width: `${Math.min(100, Math.round(Math.sqrt(view.level) * 140))}%` }} />
        </span>
      ) : null}
      <Dropdown trigger={["click"]} menu={{ items }} disabled={desk.state === "gone"}>
        <button type="button" className="plain state-pill" aria-haspopup="menu">
          <span className={`stage tone-${shown}`}>{stateName(t, shown)}</span>
          <Since at={desk.since} className="soft" />
        </button>
      </Dropdown>
    </>
  );
}
