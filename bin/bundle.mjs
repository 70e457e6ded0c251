// The programs of this checkout as plain JavaScript: built once per state of the sources, kept in a cache.
// Starting from a bundle takes a third of the time that loading TypeScript file by file takes.
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import module, { createRequire } from "node:module";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Name of a program → its source. Each runs on this computer; what AWS runs is bundled by the stack. */
export const programs = {
  dayfly: "bin/dayfly.ts",
  runner: "lib/local/runner.ts",
  supervisor: "lib/local/supervisor.ts",
};

/** Programs that are copied elsewhere: each is one file without chunks. */
export const copied = {
  "post-receive": "lib/forges/git/post-receive.ts",
};

/** Native packages stay where npm put them: a bundle cannot hold them. */
const native = ["libsql"];

/** What only commands about AWS need; it is there where the development packages are installed. */
const forAws = /^@aws-sdk\//;

const staleAfterDays = 30;

/** Paths of the bundled programs, by name. Builds them (about 0.2 s) where the sources have changed since. */
export async function bundle() {
  const key = fingerprint();
  for (const cache of cacheFolders()) {
    const folder = join(cache, key);
    if (!existsSync(folder) && !(await buildInto(cache, folder))) continue;
    // From Node 22.1 on the compiled code is kept as well, which saves a tenth of a short command.
    module.enableCompileCache?.(join(folder, "compiled"));
    return entriesIn(folder);
  }
  const folder = mkdtempSync(join(tmpdir(), "dayfly-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await build(folder);
  return entriesIn(folder);
}

function entriesIn(folder) {
  return Object.fromEntries(Object.keys({ ...programs, ...copied }).map((name) => [name, join(folder, `${name}.mjs`)]));
}

/** Changes whenever a source file is written: reading names, sizes and times takes 10 ms, reading contents 50. */
function fingerprint() {
  const hasAws = existsSync(join(root, "node_modules", "@aws-sdk", "client-dynamodb"));
  const facts = [root, process.versions.modules, hasAws];
  for (const file of [...filesBelow("lib"), ...filesBelow("bin"), "package-lock.json"].sort()) {
    const { size, mtimeMs } = statSync(root + file);
    facts.push(file, size, mtimeMs);
  }
  return createHash("sha256").update(facts.join("\0")).digest("hex").slice(0, 32);
}

/** By hand: Node's own recursion makes objects of every folder and takes twice as long. */
function filesBelow(folder) {
  return readdirSync(root + folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [path] : [];
  });
}

/** In the checkout; where that is read-only, in the user's own cache. Never a guessable folder that others can write to. */
function cacheFolders() {
  const own = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
  return [join(root, "node_modules", ".cache", "dayfly"), join(own, "dayfly")];
}

/** Makes two folders at most: a home directory that is not there stays so. */
function isUsable(cache) {
  for (const folder of [dirname(cache), cache]) {
    try {
      mkdirSync(folder);
    } catch {
      // It is there already, or cannot be made: the next lines tell.
    }
  }
  try {
    accessSync(cache, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

async function buildInto(cache, folder) {
  if (!isUsable(cache)) return false;
  const fresh = mkdtempSync(join(cache, "new-"));
  await build(fresh);
  try {
    renameSync(fresh, folder);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    // Somebody else built the same at the same time.
    if (!existsSync(folder)) throw error;
  }
  removeStale(cache);
  return true;
}

async function build(outdir) {
  const esbuild = await import("esbuild");
  const options = {
    absWorkingDir: root,
    outdir,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20.19",
    minify: true,
    keepNames: true,
    sourcemap: "linked",
    sourcesContent: false,
    legalComments: "none",
    logLevel: "error",
    plugins: [nativeByPath(), awsByPath()],
    // CommonJS packages inside an ES module bundle still call require() for Node's own modules.
    banner: { js: 'import{createRequire as __cr}from"node:module";const require=__cr(import.meta.url);' },
  };
  await esbuild.build({ ...options, entryPoints: programs, splitting: true });
  await esbuild.build({ ...options, entryPoints: copied, splitting: false });
  await esbuild.stop();
}

/** A native package is imported from its own place, wherever the bundle lies. */
function nativeByPath() {
  const require = createRequire(import.meta.url);
  return {
    name: "native-by-path",
    setup: ({ onResolve }) =>
      onResolve({ filter: new RegExp(`^(${native.join("|")})$`) }, ({ path }) => ({
        path: pathToFileURL(require.resolve(path)).href,
        external: true,
      })),
  };
}

/** Where these packages are missing, only the commands that need them fail, and say so. */
function awsByPath() {
  const require = createRequire(import.meta.url);
  return {
    name: "aws-by-path",
    setup: ({ onResolve }) =>
      onResolve({ filter: forAws }, ({ path }) => {
        try {
          return { path: pathToFileURL(require.resolve(path)).href, external: true };
        } catch {
          return { path, external: true };
        }
      }),
  };
}

function removeStale(cache) {
  const oldest = Date.now() - staleAfterDays * 86_400_000;
  for (const name of readdirSync(cache)) {
    const folder = join(cache, name);
    if (statSync(folder, { throwIfNoEntry: false })?.mtimeMs < oldest) rmSync(folder, { recursive: true, force: true });
  }
}
