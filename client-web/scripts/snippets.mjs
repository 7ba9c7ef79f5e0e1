// Type-checks the TypeScript in docs/WEB.md and README.md, each file of it (one whole example), as a user of the package would write it.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const GUIDES = ["../docs/WEB.md", "README.md"];
const FOLDER = "target/snippets";

const text = GUIDES.map((guide) => readFileSync(guide, "utf8")).join("\n");
const snippets = [...text.matchAll(/^```ts\n(.*?)^```/gms)].map(([, code]) => code);
if (snippets.length < 4) {
  throw new Error(`only ${snippets.length} snippets in ${GUIDES}`);
}
rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
snippets.forEach((code, i) => writeFileSync(`${FOLDER}/snippet-${i + 1}.ts`, code));
writeFileSync(
  `${FOLDER}/tsconfig.json`,
  JSON.stringify({
    extends: "../../tsconfig.json",
    compilerOptions: { noEmit: true, rootDir: "../..", noUnusedLocals: false },
    include: ["."],
  }),
);
execFileSync("npx", ["tsc", "-p", FOLDER], { stdio: "inherit" });
