// Builds the page of a game's project: FOLDER/page and the messages in FOLDER/src/main/proto become FOLDER/target/page.
import { build } from "esbuild";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const folder = resolve(process.argv[2]);
const page = join(folder, "page");
const target = join(folder, "target", "page");
const tools = join(dirname(dirname(fileURLToPath(import.meta.url))), "node_modules", ".bin");
// buf looks for its plugin in the path.
const env = { ...process.env, PATH: `${tools}:${process.env.PATH}` };
const run = (tool, ...args) => {
  // It has said what is wrong.
  const { status } = spawnSync(join(tools, tool), args, { stdio: "inherit", cwd: folder, env });
  if (status !== 0) {
    process.exit(1);
  }
};

const template = {
  version: "v2",
  clean: true,
  plugins: [{ local: "protoc-gen-es", out: "page/gen", opt: ["target=ts", "import_extension=js"] }],
};
run("buf", "generate", "src/main/proto", "--template", JSON.stringify(template));
run("tsc", "-p", page);

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
await build({
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  logLevel: "warning",
  entryPoints: ["main.ts", "play.css"].map((file) => ({ in: join(page, file), out: "play" })),
  outdir: target,
  // Also for files that the page has from elsewhere.
  tsconfig: join(page, "tsconfig.json"),
});
cpSync(join(page, "play.html"), join(target, "play.html"));
