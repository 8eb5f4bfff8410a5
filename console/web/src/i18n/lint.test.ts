// @vitest-environment node
import { ESLint } from "eslint";
import { expect, test } from "vitest";

const refused = async (jsx: string): Promise<number> => {
  const [result] = await new ESLint().lintText(`export function Home() {\n  return ${jsx};\n}\n`, { filePath: "src/shell/Home.tsx" });
  return result?.messages.filter(({ ruleId }) => ruleId === "i18next/no-literal-string").length ?? 0;
};

test("lint refuses words in JSX that are in no language file", async () => {
  expect(await refused("<p>Hello there</p>")).toBe(1);
  expect(await refused('<p title="Hello there">{null}</p>')).toBe(1);
  expect(await refused("<p>你好</p>")).toBe(1);
  expect(await refused("<p>· 3 %</p>")).toBe(0);
}, 30_000);
