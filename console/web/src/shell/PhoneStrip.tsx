/** What stands between this person and being heard, and the one thing to do about it. */
import { Button } from "antd";
import { useLocation } from "react-router";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { useDesk } from "@/desk/useDesk";
import { CUSTOMERS_PAGE } from "@/desk/useResumedPhone";
import { useToast } from "@/parts/toast";
import { usePhone } from "@/phone/provider";
import type { PhoneState } from "@/phone/life";

import { useUnneededPhone } from "./useUnneededPhone";

const TOLD = ["elsewhere", "denied", "no_microphone", "insecure", "lost", "failed"] as const;
type Told = (typeof TOLD)[number];
const isTold = (state: PhoneState): state is Told => (TOLD as readonly string[]).includes(state);

export function PhoneStrip() {
  const { t } = useTranslation();
  const { view, start, take, resumable, unblock } = usePhone();
  const desk = useDesk().data;
  useUnneededPhone(desk);
  const { pathname } = useLocation();
  const toast = useToast();
  const switched = useRef(view.switched);
  useEffect(() => {
    if (view.switched === switched.current) return;
    switched.current = view.switched;
    toast.tell("info", t("phone.switched", { name: view.microphone }));
  }, [view.switched, view.microphone, toast, t]);

  if (view.blocked) {
    return (
      <Button type="primary" block size="large" style={{ borderRadius: 0 }} onClick={unblock}>
        {t("phone.hear")}
      </Button>
    );
  }
  const shiftIsElsewhere = desk !== undefined && desk.state !== "gone" && view.state === "off" && !resumable() && pathname !== CUSTOMERS_PAGE;
  if (shiftIsElsewhere || view.state === "fenced") {
    return (
      <div className="strip" role="alert">
        <strong>{t("phone.fenced")}</strong>
        <span className="grow">{t(shiftIsElsewhere ? "phone.not_here.what" : "phone.fenced.what")}</span>
        <Button size="small" onClick={() => void take()}>
          {t("phone.take")}
        </Button>
      </div>
    );
  }
  if (isTold(view.state)) {
    const again = view.state !== "insecure" && view.state !== "lost" && view.state !== "elsewhere";
    return (
      <div className="strip" role="alert">
        <strong>{t(`phone.${view.state}`)}</strong>
        <span className="grow">{t(`phone.${view.state}.what`)}</span>
        {again ? (
          <Button size="small" onClick={() => void start()}>
            {t("phone.again")}
          </Button>
        ) : null}
      </div>
    );
  }
  if (view.state === "up" && view.quality.shown.length) {
    return (
      <div className="strip" role="status">
        {view.quality.shown.map((complaint) => (
          <span key={complaint}>{t(`quality.${complaint}`)}</span>
        ))}
      </div>
    );
  }
  return null;
}
