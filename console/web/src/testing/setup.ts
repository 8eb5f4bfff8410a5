/** What jsdom lacks and antd or the app asks for, and a clean slate after each test. */
import { cleanup, configure } from "@testing-library/react";
import "@testing-library/jest-dom/vitest";
import { afterEach, beforeAll, vi } from "vitest";

import { startI18n } from "@/i18n";

configure({ asyncUtilTimeout: 15_000 }); // a busy machine loads a page slowly; what never comes still fails

beforeAll(() => startI18n("en"));

afterEach(() => {
  cleanup();
  if (typeof document !== "undefined") localStorage.clear(); // a test may run without a page
});

vi.stubGlobal("matchMedia", (query: string) => ({
  matches: false,
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
  addListener: () => undefined,
  removeListener: () => undefined,
}));
vi.stubGlobal(
  "ResizeObserver",
  class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  },
);
