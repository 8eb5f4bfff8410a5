import { fileURLToPath } from "node:url";

import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

// `JINGYIN_API=http://127.0.0.1:PORT npm run dev` works against a running platform.
const api = process.env.JINGYIN_API ?? "http://127.0.0.1:8600";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/api": { target: api, ws: true } } },
  build: {
    target: "es2023",
    manifest: true, // scripts/first-load.mjs walks it
    assetsInlineLimit: 0, // the page's CSP allows no data: scripts or styles
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  test: {
    environment: "jsdom",
    setupFiles: ["src/testing/setup.ts"],
    css: false,
    restoreMocks: true,
    pool: "threads",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
