import js from "@eslint/js";
import i18next from "eslint-plugin-i18next";
import hooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["dist", "node_modules", "tools/*/node_modules", "src/api/schema.ts"] },
  js.configs.recommended,
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "react-hooks": hooks },
    rules: {
      ...hooks.configs.recommended.rules,
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/switch-exhaustiveness-check": ["error", { considerDefaultExhaustiveForUnions: true }],
      "no-restricted-globals": ["error", { name: "fetch", message: "Use src/api/client.ts: it adds the CSRF token and keys." }],
    },
  },
  {
    // Whatever a person reads comes from src/i18n, in every language we ship.
    files: ["src/**/*.tsx"],
    ignores: ["src/**/*.test.tsx"],
    plugins: { i18next },
    rules: {
      "i18next/no-literal-string": [
        "error",
        {
          mode: "jsx-only",
          "jsx-attributes": { include: ["^(title|label|placeholder|alt|description|message|content|okText|cancelText|aria-.*)$"] },
          // Whole words: the plugin's patterns are not anchored.
          words: { exclude: ["^[^A-Za-z\\u4e00-\\u9fff]*$", "^(Jingyin|Ctrl K|ms|中文|English)$"] },
        },
      ],
    },
  },
  {
    files: ["src/api/client.ts", "src/testing/**"],
    rules: { "no-restricted-globals": "off" },
  },
  {
    files: ["**/*.{js,mjs}"],
    languageOptions: { globals: { process: "readonly", console: "readonly", URL: "readonly", Buffer: "readonly", setTimeout: "readonly", fetch: "readonly", performance: "readonly" } },
  },
  {
    // Functions in there run in the page.
    files: ["e2e/*.mjs"],
    languageOptions: { globals: { window: "readonly", localStorage: "readonly", AudioContext: "readonly", RTCPeerConnection: "readonly", MutationObserver: "readonly", document: "readonly", requestAnimationFrame: "readonly", navigator: "readonly", MediaStreamTrackProcessor: "readonly", FileReader: "readonly", Blob: "readonly" } },
  },
);
