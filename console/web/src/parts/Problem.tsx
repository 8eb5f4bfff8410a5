/** What the server refused, in the reader's language: what, what to do, code and request id, and a way to try again. */
import { Alert, Button } from "antd";
import { useTranslation } from "react-i18next";

import { Refused } from "@/api/client";
import { problemWords } from "@/problems";

const FORBIDDEN = "kernel.forbidden";

export function Problem({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation();
  if (!error) return null;
  const problem = error instanceof Refused ? error.problem : null;
  const noAnswer = error instanceof Refused && error.status === 0;
  const forbidden = problem?.code === FORBIDDEN;
  const { what, fix } = problem && !noAnswer ? problemWords(t, problem) : { what: t(noAnswer ? "problem.no_answer" : "problem.unexpected"), fix: "" };
  return (
    <Alert
      type={forbidden ? "warning" : "error"}
      showIcon
      title={forbidden ? t("problem.forbidden") : what}
      description={
        <div className="dense">
          <div>{forbidden ? `${what} ${fix}` : fix}</div>
          {problem?.code ? (
            <div className="soft">
              <code>{problem.code}</code>
              {problem.request_id ? (
                <>
                  {` · ${t("problem.request")} `}
                  <code>{problem.request_id}</code>
                </>
              ) : null}
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
