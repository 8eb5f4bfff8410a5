/** The ring of an offer: how long it still stands. */
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

const FRAME_MS = 100;

export function Countdown({ seconds }: { seconds: number }) {
  const { t } = useTranslation();
  const [left, setLeft] = useState(seconds * 1000);
  useEffect(() => {
    const until = performance.now() + seconds * 1000;
    const timer = window.setInterval(() => setLeft(Math.max(0, until - performance.now())), FRAME_MS);
    return () => window.clearInterval(timer);
  }, [seconds]);
  const whole = Math.ceil(left / 1000);
  return (
    <span className="ring" style={{ "--of": left / (seconds * 10) }} role="timer" aria-label={t("offer.left", { seconds: whole })}>
      <span>{whole}</span>
    </span>
  );
}
