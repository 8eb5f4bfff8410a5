/** Words for people. English is the reference; Chinese has the same keys (the compiler and a test see to it). */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";

import { en } from "./en";
import { zh } from "./zh";

export type MessageKey = keyof typeof en;
export type Lang = "en" | "zh";

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
    keySeparator: false;
    nsSeparator: false;
  }
}

export function guessLang(preferred: readonly string[] = navigator.languages): Lang {
  return preferred.some((one) => one.toLowerCase().startsWith("zh")) ? "zh" : "en";
}

export async function startI18n(lang: Lang): Promise<void> {
  await i18next.use(initReactI18next).init({
    lng: lang,
    fallbackLng: false, // a missing key shows itself; a test keeps them out
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false }, // React escapes
    resources: { en: { translation: en }, zh: { translation: zh } },
  });
}
