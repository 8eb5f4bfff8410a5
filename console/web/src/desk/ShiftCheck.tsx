/** Before a shift: is there a microphone, does it hear, is the connection up? "Start shift" is the click browsers want for sound. */
import { CheckCircleFilled, ExclamationCircleFilled, MinusCircleOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useEffect, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { send } from "@/api/client";
import type { DeskView } from "@/api/types";
import type { MessageKey } from "@/i18n";
import { useLive } from "@/live/provider";
import { Problem } from "@/parts/Problem";
import { usePhone } from "@/phone/provider";
import { useMutation, useQueryClient } from "@tanstack/react-query";

type Finding = "good" | "bad" | "unknown";

export function ShiftCheck({ unfinished }: { unfinished?: ReactNode }) {
  const { t } = useTranslation();
  const { link } = useLive();
  const phone = usePhone();
  const queries = useQueryClient();
  const permission = usePermission();
  const begin = useMutation({
    mutationFn: async () => {
      if ("Notification" in window && Notification.permission === "default") void Notification.requestPermission();
      const desk = await send<DeskView>("POST", "/api/desk/start-shift");
      queries.setQueryData(["desk"], desk);
      await phone.start(desk.desk_session);
    },
  });
  const secure = window.isSecureContext;
  const rows: [MessageKey, Finding, string][] = [
    ["check.secure", secure ? "good" : "bad", secure ? "" : t("phone.insecure.what")],
    ["check.link", link === "live" ? "good" : "bad", ""],
    ["check.microphone", permission === "granted" ? "good" : permission === "denied" ? "bad" : "unknown", t(`check.microphone.${permission}`)],
  ];
  return (
    <div className="idle">
      <h1>{t("check.title")}</h1>
      <p className="soft">{t("check.what")}</p>
      <ul className="stack" style={{ textAlign: "left" }}>
        {rows.map(([label, finding, detail]) => (
          <li key={label} className="row">
            <Mark finding={finding} />
            <span>{t(label)}</span>
            {detail ? <span className="soft dense">{detail}</span> : null}
          </li>
        ))}
      </ul>
      <Problem error={begin.error} />
      <Button type="primary" size="large" disabled={link !== "live"} loading={begin.isPending} onClick={() => begin.mutate()}>
        {t("check.start")}
      </Button>
      {unfinished}
    </div>
  );
}

function Mark({ finding }: { finding: Finding }) {
  const { t } = useTranslation();
  const words = t(`check.${finding}`);
  const common = { role: "img", "aria-label": words };
  if (finding === "good") return <CheckCircleFilled {...common} style={{ color: "var(--human)" }} />;
  if (finding === "bad") return <ExclamationCircleFilled {...common} style={{ color: "var(--danger)" }} />;
  return <MinusCircleOutlined {...common} style={{ color: "var(--ended)" }} />;
}

function usePermission(): PermissionState {
  const [state, setState] = useState<PermissionState>("prompt");
  useEffect(() => {
    let status: PermissionStatus | null = null;
    const look = (): void => setState(status?.state ?? "prompt");
    const permissions = (navigator as Partial<Navigator>).permissions; // absent in some browsers and off HTTPS
    void permissions
      ?.query({ name: "microphone" })
      .then((found) => {
        status = found;
        found.addEventListener("change", look);
        look();
      })
      .catch(look);
    return () => status?.removeEventListener("change", look);
  }, []);
  return state;
}
