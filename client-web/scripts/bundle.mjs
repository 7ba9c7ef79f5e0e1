// Bundles the library for a browser to see how large it is, the page to play on, and the storm for the tests.
import { build } from "esbuild";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { gzipSync } from "node:zlib";

const GZIP_BYTES_MAX = 60_000;
const BROWSERS = { bundle: true, minify: true, format: "esm", target: "es2022", logLevel: "warning" };

const { outputFiles } = await build({ ...BROWSERS, entryPoints: ["dist/index.js"], write: false });
const bytes = gzipSync(outputFiles[0].contents, { level: 9 }).length;
console.log(`tavern-client for browsers: ${bytes} bytes gzip, at most ${GZIP_BYTES_MAX}`);
if (bytes > GZIP_BYTES_MAX) {
  process.exit(1);
}

rmSync("target/play", { recursive: true, force: true });
mkdirSync("target/play", { recursive: true });
await build({ ...BROWSERS, entryPoints: { play: "play/main.ts" }, outdir: "target/play" });
for (const file of ["play.html", "play.css"]) {
  cpSync(`play/${file}`, `target/play/${file}`);
}
await build({ ...BROWSERS, entryPoints: { storm: "test/storm-page.ts" }, outdir: "target/storm" });
