/**
 * Builds the bundles that are committed in ../static, and their manifest. `--check` builds in memory and compares.
 * A bundle is readable on purpose (not minified): whoever distrusts the server can read and compare what it serves.
 */

import { createHash } from "node:crypto";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const STATIC = join(HERE, "..", "static");
const MANIFEST = "manifest.json";
const LICENCES = "licences.txt";

// source -> bundle; every other source reaches ../crypto/index.js as the bundle ./crypto.js
const ENTRIES = {
  "src/crypto/index.js": "crypto.js",
  "src/desk/main.js": "desk.js",
};

const oneCrypto = {
  name: "one-crypto",
  setup(made) {
    made.onResolve({ filter: /\/crypto\/index\.js$/ }, (found) =>
      found.kind === "entry-point" ? undefined : { path: "./crypto.js", external: true },
    );
  },
};

async function bundle(source) {
  const made = await build({
    absWorkingDir: HERE,
    entryPoints: [`./${source}`],
    bundle: true,
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "inline",
    plugins: [oneCrypto],
  });
  return { bytes: Buffer.from(made.outputFiles[0].contents), sources: Object.keys(made.metafile.inputs) };
}

function packagesOf(sources) {
  const names = sources.map((source) => source.match(/^node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1]);
  return [...new Set(names.filter(Boolean))].sort();
}

function licence(name) {
  const folder = join(HERE, "node_modules", name);
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return `${name} ${version}\n\n${readFileSync(join(folder, "LICENSE"), "utf8").trim()}\n`;
}

async function everything() {
  const files = {};
  const sources = [];
  for (const [source, name] of Object.entries(ENTRIES)) {
    const made = await bundle(source);
    files[name] = made.bytes;
    sources.push(...made.sources);
  }
  for (const name of readdirSync(STATIC).filter((name) => name.endsWith(".js"))) {
    files[name] ??= readFileSync(join(STATIC, name)); // a script without imports, served as it is written
  }
  files[LICENCES] = Buffer.from(packagesOf(sources).map(licence).join(`\n${"-".repeat(78)}\n\n`));
  const sums = Object.entries(files).map(([name, bytes]) => [name, createHash("sha256").update(bytes).digest("hex")]);
  files[MANIFEST] = Buffer.from(`${JSON.stringify(Object.fromEntries(sums.sort()), null, 2)}\n`);
  return files;
}

function differing(files) {
  return Object.entries(files).filter(([name, bytes]) => {
    try {
      return !readFileSync(join(STATIC, name)).equals(bytes);
    } catch {
      return true;
    }
  });
}

const files = await everything();
if (process.argv.includes("--check")) {
  const names = differing(files).map(([name]) => name);
  console.log(names.length ? `differs from the sources: ${names.join(", ")}` : "the bundles are what the sources build");
  process.exitCode = names.length ? 1 : 0;
} else {
  for (const [name, bytes] of Object.entries(files)) {
    writeFileSync(join(STATIC, name), bytes);
    console.log(`${name} ${bytes.length}`);
  }
}
