/** A page that failed to draw, and a page that does not exist. */
import { Button, Result } from "antd";
import { useTranslation } from "react-i18next";
import { Link, useRouteError } from "react-router";

import { icons } from "./icons";

export function Broken() {
  const { t } = useTranslation();
  const error = useRouteError();
  return (
    <Result
      status="warning"
      icon={icons.warning}
      title={t("broken.title")}
      subTitle={
        <>
          <p>{t("broken.what")}</p>
          {error instanceof Error ? <code>{error.message}</code> : null}
        </>
      }
      extra={
        <Button type="primary" onClick={() => location.reload()}>
          {t("broken.reload")}
        </Button>
      }
    />
  );
}

export function NotFound() {
  const { t } = useTranslation();
  return <Result status="info" icon={icons.info} title={t("notfound.title")} extra={<Link to="/">{t("notfound.home")}</Link>} />;
}
