/** The figures a supervisor looks at first. */
import { useTranslation } from "react-i18next";

import type { Tiles as Figures } from "@/api/types";
import type { MessageKey } from "@/i18n";

/** The share of answered calls that may end without an agent: Ofcom's and the FTC's 3 %. */
const ABANDONED_LIMIT = 3;

interface Tile {
  label: MessageKey;
  value: string | number;
  unit?: string;
  tone?: string;
  bad?: boolean;
}

export function Tiles({ tiles }: { tiles: Figures }) {
  const { t } = useTranslation();
  const abandoned = tiles.abandoned_percent;
  const shown: Tile[] = [
    { label: "state.dialling", value: tiles.dialling, tone: "dialling" },
    { label: "state.robot", value: tiles.robot, tone: "robot" },
    { label: "state.waiting", value: tiles.waiting, tone: "waiting" },
    { label: "state.human", value: tiles.human, tone: "human" },
    { label: "state.wrap_up", value: tiles.wrap_up, tone: "wrap_up" },
    { label: "tile.ready", value: tiles.ready, unit: t("tile.not_ready", { count: tiles.not_ready }) },
    { label: "tile.abandoned", value: abandoned === null ? "–" : abandoned.toFixed(1), unit: t("tile.abandoned_limit", { limit: ABANDONED_LIMIT }), bad: (abandoned ?? 0) > ABANDONED_LIMIT },
    { label: "tile.answer", value: tiles.answer_to_robot_ms ?? "–", unit: "ms" },
    { label: "tile.denials", value: tiles.denials_per_min, unit: t("tile.per_min") },
  ];
  return (
    <dl className="tiles">
      {shown.map((tile) => (
        <div key={tile.label} className={`tile ${tile.tone ? `tone-${tile.tone}` : ""} ${tile.bad ? "bad" : ""}`}>
          <dt>{t(tile.label)}</dt>
          <dd className="num">
            {tile.value} {tile.unit ? <small>{tile.unit}</small> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}
