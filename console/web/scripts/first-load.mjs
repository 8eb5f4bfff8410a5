// What an agent downloads before the desk is there: index.html, and all that its entry and the desk's lazy route import.
// Fails above the budget. Counted gzipped at level 9, as the server sends it.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const BUDGET_KB = 480;
const ROUTES = ["src/shell/Shell.tsx", "src/desk/DeskPage.tsx"];
const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL(".vite/manifest.json", dist), "utf8"));

const files = new Set(["index.html"]);
const visited = new Set();
const visit = (key) => {
  const chunk = manifest[key];
  if (!chunk) throw new Error(`first-load: ${key} is not in dist/.vite/manifest.json`);
  if (visited.has(key)) return;
  visited.add(key);
  files.add(chunk.file);
  for (const sheet of chunk.css ?? []) files.add(sheet);
  for (const imported of chunk.imports ?? []) visit(imported);
};
visit("index.html");
ROUTES.forEach(visit);

let total = 0;
const rows = [...files].map((name) => {
  const bytes = gzipSync(readFileSync(new URL(name, dist)), { level: 9 }).length;
  total += bytes;
  return [bytes, name];
});
for (const [bytes, name] of rows.sort((a, b) => b[0] - a[0])) console.log(`${(bytes / 1000).toFixed(1).padStart(8)} kB  ${name}`);
console.log(`first load of the agent screen: ${(total / 1000).toFixed(1)} kB gzipped of ${BUDGET_KB} kB`);
if (total > BUDGET_KB * 1000) {
  console.error("first-load: over budget. Load more lazily, or say in a commit why the budget has to grow.");
  process.exit(1);
}
