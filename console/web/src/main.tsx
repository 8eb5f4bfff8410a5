import "@/styles.css";

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { JingyinApp } from "@/app";
import { startI18n } from "@/i18n";
import { tellDocument, usePreferences } from "@/preferences";

const preferences = usePreferences.getState();
tellDocument(preferences);
usePreferences.subscribe(tellDocument);
await startI18n(preferences.lang);

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <JingyinApp />
  </StrictMode>,
);
