/** Grey shapes, but only when loading takes longer than a person notices. */
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

export function Loading({ rows = 6 }: { rows?: number }) {
  const { t } = useTranslation();
  const [shown, setShown] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setShown(true), 150);
    return () => window.clearTimeout(timer);
  }, []);
  if (!shown) return null;
  return (
    <div className="stack" role="status" aria-label={t("loading")} style={{ padding: 16 }}>
      {Array.from({ length: rows }, (_, row) => (
        <div key={row} className="skeleton" style={{ width: `${90 - ((row * 17) % 40)}%` }} />
      ))}
    </div>
  );
}
