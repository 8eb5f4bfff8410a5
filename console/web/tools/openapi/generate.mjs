// Writes src/api/schema.ts from docs/reference/openapi.json; with --check only says whether it is up to date.
import { readFileSync, writeFileSync } from "node:fs";

import openapiTS, { astToString } from "openapi-typescript";

const source = new URL("../../../../docs/reference/openapi.json", import.meta.url);
const target = new URL("../../src/api/schema.ts", import.meta.url);
const made = `// Made by \`npm run client\` from docs/reference/openapi.json. Not to be edited.\n${astToString(await openapiTS(source))}`;

if (!process.argv.includes("--check")) {
  writeFileSync(target, made);
} else if (readFileSync(target, "utf8") !== made) {
  console.error("src/api/schema.ts does not fit docs/reference/openapi.json: run `npm run client` in console/web.");
  process.exit(1);
}
