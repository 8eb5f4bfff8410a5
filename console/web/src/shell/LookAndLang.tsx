/** Light or dark, English or Chinese. */
import { MoonOutlined, SunOutlined } from "@ant-design/icons";
import { Button } from "antd";
import { useTranslation } from "react-i18next";

import { usePreferences } from "@/preferences";

export function LookAndLang() {
  const { t } = useTranslation();
  const { lang, look, setLang, setLook } = usePreferences();
  const other = lang === "zh" ? "en" : "zh";
  return (
    <span className="row" style={{ gap: 4 }}>
      <Button type="text" size="small" lang={other === "zh" ? "zh-CN" : "en"} onClick={() => setLang(other)}>
        {other === "zh" ? "中文" : "English"}
      </Button>
      <Button
        type="text"
        size="small"
        aria-label={t(look === "dark" ? "look.light" : "look.dark")}
        title={t(look === "dark" ? "look.light" : "look.dark")}
        icon={look === "dark" ? <SunOutlined aria-hidden /> : <MoonOutlined aria-hidden />}
        onClick={() => setLook(look === "dark" ? "light" : "dark")}
      />
    </span>
  );
}
