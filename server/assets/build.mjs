// The front-end bundle: pages' scripts, styles and fonts into server/static/bundle/,
// and the FEEL grammar into workflows/feel/lezer_feel.js.
//
// Run by hatch_build.py beside this file; by hand with `npm run build`.
// A page asks for a file by its logical name (app.css); manifest.json says what it is
// called in this build (app-1A2B3C4D.css), so that a browser may keep it for ever.

import {
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { constants, brotliCompressSync, gzipSync } from "node:zlib";
import * as esbuild from "esbuild";
import * as sass from "sass";

const ASSETS = dirname(fileURLToPath(import.meta.url));
const ROOT = dirname(dirname(ASSETS));
const PACKAGES = join(ROOT, "node_modules");
const STATIC = join(ROOT, "server", "static");
const BUNDLE = join(STATIC, "bundle");
const FEEL = join(ROOT, "workflows", "feel", "lezer_feel.js");

const ENTRIES = ["app.js", "app.css", "diagram.js"];
const SQUEEZED = [".js", ".css", ".svg"]; // fonts are compressed as they are
const HASHED = /-[0-9A-Z]{8}\.\w+(\.br|\.gz)?$/;
const FORMER_MILLISECONDS = 3_600_000;
const BROWSERS = ["chrome109", "firefox115", "safari16"];

// Letters follow the size that the reader has chosen in the browser, whoever wrote the rule.
function inReadersSize(css) {
  return css.replace(
    /(font-size|line-height):\s*([\d.]+)px/g,
    (_, name, pixels) => `${name}: ${Number(pixels) / 16}rem`,
  );
}

// esbuild resolves url() and packages; Sass only turns .scss into CSS on the way in.
const scss = {
  name: "scss",
  setup(build) {
    build.onLoad({ filter: /\.scss$/ }, async ({ path }) => {
      const { css, loadedUrls } = await sass.compileAsync(path, {
        loadPaths: [PACKAGES],
        quietDeps: true,
      });
      const watchFiles = loadedUrls.map((url) => fileURLToPath(url));
      return { contents: inReadersSize(css), loader: "css", resolveDir: ASSETS, watchFiles };
    });
  },
};

async function bundlePages(outdir) {
  const { metafile } = await esbuild.build({
    absWorkingDir: ROOT,
    assetNames: "[name]-[hash]",
    bundle: true,
    charset: "utf8",
    chunkNames: "[name]-[hash]",
    entryNames: "[name]-[hash]",
    entryPoints: ENTRIES.map((name) => join(ASSETS, name)),
    external: ["/assets/*", "/static/*"],
    format: "esm",
    legalComments: "linked",
    loader: { ".woff2": "file", ".svg": "file", ".png": "file" },
    logLevel: "warning",
    metafile: true,
    minify: true,
    nodePaths: [PACKAGES],
    outdir,
    plugins: [scss],
    splitting: true,
    target: BROWSERS,
  });
  return Object.keys(metafile.outputs).map((path) => basename(path));
}

// Once here, as small as can be: server/compression.py only chooses among them.
async function squeeze(folder, files) {
  for (const file of files.filter((name) => SQUEEZED.includes(extname(name)))) {
    const content = await readFile(join(folder, file));
    const brotli = brotliCompressSync(content, {
      params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length },
    });
    await writeFile(join(folder, `${file}.br`), brotli);
    await writeFile(join(folder, `${file}.gz`), gzipSync(content, { level: 9 }));
  }
}

function manifestOf(files) {
  const entries = files
    .filter((file) => !file.endsWith(".LEGAL.txt"))
    .map((file) => [file.replace(/-[0-9A-Z]{8}(\.\w+)$/, "$1"), file]);
  return Object.fromEntries(entries.sort());
}

// A service that started before this build names files of the former one for a while.
async function keepFormer(fresh) {
  const former = await readdir(BUNDLE).catch(() => []);
  const made = new Set(await readdir(fresh));
  for (const name of former.filter((each) => HASHED.test(each) && !made.has(each))) {
    const { mtimeMs } = await stat(join(BUNDLE, name));
    if (Date.now() - mtimeMs < FORMER_MILLISECONDS) {
      await cp(join(BUNDLE, name), join(fresh, name), { preserveTimestamps: true });
    }
  }
}

// A running service must never see half a bundle: build beside it, then change places.
async function replaceBundle() {
  await mkdir(STATIC, { recursive: true });
  const fresh = await mkdtemp(join(STATIC, ".bundle-"));
  try {
    const files = await bundlePages(fresh);
    await squeeze(fresh, files);
    const manifest = manifestOf(files);
    await chmod(fresh, 0o755);
    await mkdir(join(fresh, "test"));
    await cp(
      join(PACKAGES, "axe-core", "axe.min.js"),
      join(fresh, "test", "axe.min.js"),
    );
    await writeFile(
      join(fresh, "manifest.json"),
      JSON.stringify(manifest, null, 2) + "\n",
    );
    await keepFormer(fresh);
    await rm(BUNDLE, { recursive: true, force: true });
    await rename(fresh, BUNDLE);
  } finally {
    await rm(fresh, { recursive: true, force: true });
  }
}

async function bundleFeel() {
  const fresh = `${FEEL}.${process.pid}`;
  await esbuild.build({
    absWorkingDir: ROOT,
    bundle: true,
    charset: "utf8",
    entryPoints: [join(ASSETS, "lezer_feel.entry.js")],
    format: "iife",
    globalName: "FEEL",
    logLevel: "warning",
    minify: true,
    nodePaths: [PACKAGES],
    outfile: fresh,
    target: "es2022",
  });
  await rename(fresh, FEEL);
}

await bundleFeel();
await replaceBundle();
