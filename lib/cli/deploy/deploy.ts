import { type Call, CommandError, type CommandSpec, type ExitCode, type Option } from "../command.ts";
import { administratorOptions } from "../stack/stack-place.ts";
import { dirOption } from "../state-folder.ts";
import type { DeployApi } from "./deploy-client.ts";

/** Switches that other tools have. Each is refused with a reason: one that is silently ignored would be believed. */
const closed = [
  {
    flags: "--skip-build",
    name: "skipBuild",
    why: "a deploy builds nothing: it takes what a job built from the commit",
  },
  { flags: "--skip-health", name: "skipHealth", why: "a version that nobody saw healthy is not deployed" },
  { flags: "--keep-broken", name: "keepBroken", why: "a version that fails is always rolled back" },
  { flags: "--ssh", name: "ssh", why: "nothing changes an app but the target's own scripts" },
];

export const waitOption: Option = { flags: "--wait", text: "until it has ended, telling each step" };
export const jsonOption: Option = { flags: "--json", text: "print JSON" };

/** `dayfly deploy`: a release becomes desired, and is carried out. */
export const deploy: CommandSpec = {
  name: "deploy",
  summary: "Make a release what an app should be in an environment",
  details: [
    "In a job the machine's own token speaks: what that job's commit is may be deployed where dayfly.yaml lets it, and nothing else.",
    "Elsewhere DAYFLY_API and DAYFLY_TOKEN say whom to ask; without them it is the local world of this folder, whose owner may do everything.",
    "It answers at once. With --wait: exit code 0 live, or a newer wish took its place, or it waits for an approval · 1 failed, rolled back or refused · 3 nobody could be reached, nobody knows, or the wait was interrupted.",
  ],
  operands: [
    { name: "<app>", text: "of dayfly.yaml" },
    { name: "<env>", text: "dev, staging, prod, pr-7, edge-fra1" },
    { name: "[tag]", text: "sha- and 7 hex digits, latest, main, vX.Y.Z or X.Y.Z; left out with --from" },
  ],
  options: [
    { flags: "--commit <sha>", text: "its 40 hex digits: the live commit must equal it; a job's own is known" },
    { flags: "--digest <sha256>", text: "of the image index or the bundle" },
    { flags: "--bundle <file>", text: "upload this gzipped tar and deploy it: of an app with `bundle: true`" },
    { flags: "--from <ref:file#place>", text: "read the release from a file at a ref of this checkout" },
    { flags: "--force", text: "apply it again even where it runs already" },
    { flags: "--dry-run", text: "say what would be done, and store nothing" },
    waitOption,
    jsonOption,
    dirOption,
    ...administratorOptions,
    ...closed.map(({ flags, why }) => ({ flags, text: `refused: ${why}` })),
  ],
  examples: [
    { line: "dayfly deploy shop dev sha-1f0c7e5 --wait", says: "in a job: red when it does not go live" },
    { line: "dayfly deploy shop prod v1.4.0 --dry-run", says: "what would happen" },
    { line: "dayfly deploy pages prod v1.4.0 --bundle dist.tar.gz --wait", says: "files without an image" },
    { line: "dayfly deploy shop prod --from main:deploy.json#environments.prod", says: "as the file says" },
  ],
  load: async () => runDeploy,
};

async function runDeploy(call: Call): Promise<ExitCode> {
  refuseClosed(call);
  const { releaseOf } = await import("./deploy-release.ts");
  const [app = "", env = "", tag] = call.operands;
  const release = await releaseOf(call, app, env, tag);
  const { orderDeploy } = await import("./deploy-order.ts");
  const { force = false, dryRun = false } = call.options;
  const wish = { app, env, ...release, force: force === true, dryRun: dryRun === true };
  if (typeof call.options.bundle !== "string") return orderDeploy(call, wish);
  const { readBundle, refuseBeside, uploadBundle } = await import("./deploy-bundle.ts");
  refuseBeside(call.options);
  const bundle = await readBundle(call, call.options.bundle);
  const upload = (api: DeployApi) => uploadBundle(call, api, { app, env }, bundle);
  return orderDeploy(call, { ...wish, digest: bundle.digest }, upload);
}

/** With --json it is told as an object too, for programs. Nothing is started. */
function refuseClosed({ options, terminal }: Call): void {
  for (const { flags, name, why } of closed) {
    if (options[name] !== true) continue;
    const instead = "dayfly deploy <app> <env> <tag>";
    if (options.json) terminal.print(JSON.stringify({ error: "retired", text: why, instead }));
    throw new CommandError(`${flags} is no way to deploy: ${why}`, {
      where: "nothing was asked for, nothing was stored",
      remedy: `\`${instead}\` is the one way.`,
      exitCode: 2,
    });
  }
}
