/** Colours and sizes. antd's own primary fails AA on white; states are told by colour and by words, never by colour alone. */
import { theme as antd, type ThemeConfig } from "antd";

export type Look = "light" | "dark";

const FONT = 'system-ui, "Segoe UI", "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif';

export function themeOf(look: Look): ThemeConfig {
  const dark = look === "dark";
  return {
    algorithm: dark ? antd.darkAlgorithm : antd.defaultAlgorithm,
    cssVar: { key: "jy" },
    hashed: false,
    token: {
      colorPrimary: dark ? "#4096ff" : "#0958d9",
      colorLink: dark ? "#69b1ff" : "#0958d9",
      colorError: dark ? "#ff7875" : "#cf1322",
      colorSuccess: dark ? "#73d13d" : "#237804",
      colorWarning: dark ? "#ffc53d" : "#874d00",
      colorTextSecondary: dark ? "rgba(255,255,255,0.72)" : "rgba(0,0,0,0.66)",
      colorTextTertiary: dark ? "rgba(255,255,255,0.62)" : "rgba(0,0,0,0.60)",
      colorTextPlaceholder: dark ? "rgba(255,255,255,0.60)" : "rgba(0,0,0,0.58)",
      colorTextDescription: dark ? "rgba(255,255,255,0.72)" : "rgba(0,0,0,0.66)",
      colorTextDisabled: dark ? "rgba(255,255,255,0.50)" : "rgba(0,0,0,0.55)",
      // Surfaces as in styles.css. In light, antd would derive washes from our dark signal colours: mud.
      ...(dark
        ? { colorBgContainer: "#171b22", colorBgElevated: "#1e232c", colorBorder: "#3a4350", colorBorderSecondary: "#2c333e" }
        : {
            colorWarningBg: "#fff7e6",
            colorWarningBorder: "#ffd591",
            colorErrorBg: "#fff1f0",
            colorErrorBorder: "#ffa39e",
            colorSuccessBg: "#f6ffed",
            colorSuccessBorder: "#b7eb8f",
          }),
      borderRadius: 6,
      fontFamily: FONT,
      fontSize: 14,
      sizeUnit: 4,
      controlHeight: 32,
      wireframe: false,
    },
    components: {
      Button: { primaryShadow: "none", defaultShadow: "none", ...(dark ? { primaryColor: "#00132e", dangerColor: "#2b0505" } : {}) },
      Tooltip: { colorBgSpotlight: dark ? "#3a3f47" : "#1f242b" },
    },
  };
}
