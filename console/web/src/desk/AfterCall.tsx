/** What follows the call an agent is at: the next customer, a break, or the end of the shift. Chosen now, it comes when the work is done. */
import { Button, Dropdown } from "antd";
import { useTranslation } from "react-i18next";
import type { MenuProps } from "antd";

import type { DeskView } from "@/api/types";
import { useCanCommand } from "@/live/provider";
import { useCommand } from "@/parts/command";
import { usePhone } from "@/phone/provider";
import { breakName, reasonName } from "@/words";

import { NOT_READY_REASONS } from "./useDesk";

const BUSY: readonly string[] = ["offered", "talking", "wrap_up"];

/** The agent's choices as a menu: of now, or, while they are busy, of what follows. */
export function useChoices(desk: DeskView | undefined): NonNullable<MenuProps["items"]> {
  const { t } = useTranslation();
  const canCommand = useCanCommand();
  const { mutate } = useCommand("desk");
  const endShift = useEndShift();
  if (!desk) return [];
  const busy = BUSY.includes(desk.state);
  const may = (action: string): boolean => canCommand && desk.allowed_actions.includes(action);
  const choose = (status: "ready" | "not_ready", reason: string): void => mutate({ path: "/api/desk/status", body: { status, reason } });
  return [
    { key: "ready", label: t(busy ? "after.next" : "desk.ready"), disabled: !may("ready"), onClick: () => choose("ready", "") },
    ...NOT_READY_REASONS.map((reason) => ({
      key: reason,
      label: busy ? t("after.break", { reason: reasonName(t, reason) }) : `${t("state.not_ready")}: ${reasonName(t, reason)}`,
      disabled: !may("not_ready"),
      onClick: () => choose("not_ready", reason),
    })),
    { type: "divider" as const },
    { key: "end_shift", label: t(busy ? "after.end" : "desk.end_shift"), disabled: !may("end_shift"), onClick: endShift },
  ];
}

/** Ends the shift, and with it this browser's phone; in a call that comes later, by the server's word. */
export function useEndShift(): () => void {
  const phone = usePhone();
  const { mutate } = useCommand("desk");
  return () =>
    mutate(
      { path: "/api/desk/end-shift" },
      {
        onSuccess: (answer) => {
          if ((answer as DeskView).state === "gone") phone.end();
        },
      },
    );
}

/** In the call bar. */
export function AfterCallButton({ desk }: { desk: DeskView }) {
  const { t } = useTranslation();
  const items = useChoices(desk);
  const canCommand = useCanCommand();
  return (
    <Dropdown trigger={["click"]} disabled={!canCommand} menu={{ items }} getPopupContainer={(button) => button.parentElement ?? document.body}>
      <Button aria-haspopup="menu" disabled={!canCommand} title={canCommand ? undefined : t("refusal.stale")}>
        {t("after.button")}
      </Button>
    </Dropdown>
  );
}

/** Says plainly that no next customer comes, and takes it back. */
export function AfterCallStrip({ desk }: { desk: DeskView | undefined }) {
  const { t } = useTranslation();
  const canCommand = useCanCommand();
  const { mutate } = useCommand("desk");
  if (!desk || !BUSY.includes(desk.state) || desk.next === "call") return null;
  const ends = desk.next === "end_of_shift";
  const asBefore = ends ? { status: desk.status, reason: desk.reason } : { status: "ready", reason: "" };
  return (
    <div className="strip" role="status">
      <strong>{ends ? t("after.ends") : t("after.breaks", { reason: breakName(t, desk.reason) })}</strong>
      <span className="grow">{t("after.what")}</span>
      <Button size="small" disabled={!canCommand || !desk.allowed_actions.includes("ready")} onClick={() => mutate({ path: "/api/desk/status", body: asBefore })}>
        {t("after.take_back")}
      </Button>
    </div>
  );
}
