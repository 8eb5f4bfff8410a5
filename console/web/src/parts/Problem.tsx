/** What the server refused, in its words: what, remedy, code and request id, and a way to try again. */
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";

import { Refused } from "@/api/client";

export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  if (!error) return null;
  const problem = error instanceof Refused ? error.problem : null;
  const noAnswer = error instanceof Refused && error.status === 0;
  const forbidden = error instanceof Refused && error.status === 403;
  const title = noAnswer ? t("problem.no_answer") : forbidden ? t("problem.forbidden") : (problem?.message ?? t("problem.unexpected"));
  const detail = forbidden ? problem?.message : problem?.remedy;
  return (
    <Alert
      type={forbidden ? "warning" : "error"}
      showIcon
      title={title}
      description={
        <div className="dense">
          {detail ? <div>{detail}</div> : null}
          {problem?.code ? (
            <div className="soft">
              <code>{problem.code}</code>
              {problem.request_id ? ` · ${t("problem.request")} ${problem.request_id}` : ""}
            </div>
          ) : null}
        </div>
      }
      action={
        retry ? (
          <Button size="small" onClick={retry}>
            {t("problem.retry")}
          </Button>
        ) : undefined
      }
    />
  );
}
