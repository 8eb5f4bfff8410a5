/** What this browser remembers of how its user likes to see things. */
import i18next from "i18next";
import { create } from "zustand";

import { guessLang, type Lang } from "@/i18n";
import type { Look } from "@/theme";

interface Preferences {
  lang: Lang;
  look: Look;
  setLang: (lang: Lang) => void;
  setLook: (look: Look) => void;
}

const kept = (name: string): string | null => localStorage.getItem(`jingyin.${name}`);
const keep = (name: string, value: string): void => localStorage.setItem(`jingyin.${name}`, value);

function firstLook(): Look {
  const chosen = kept("look");
  if (chosen === "light" || chosen === "dark") return chosen;
  return window.matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
}

function firstLang(): Lang {
  const chosen = kept("lang");
  return chosen === "en" || chosen === "zh" ? chosen : guessLang();
}

export const usePreferences = create<Preferences>((set) => ({
  lang: firstLang(),
  look: firstLook(),
  setLang: (lang) => {
    keep("lang", lang);
    void i18next.changeLanguage(lang);
    set({ lang });
  },
  setLook: (look) => {
    keep("look", look);
    set({ look });
  },
}));

/** The document says what it shows: screen readers choose a voice by `lang`, native controls a scheme by `data-look`. */
export function tellDocument({ lang, look }: Pick<Preferences, "lang" | "look">): void {
  document.documentElement.lang = lang === "zh" ? "zh-CN" : "en";
  document.documentElement.dataset.look = look;
}
