import type { ConfigFile } from "./config-file.ts";

/** A rule between several places of dayfly.yaml that is broken. */
export interface BrokenRule {
  /** Where, from the root: `["profiles", 0, "labels"]`. */
  readonly path: readonly (string | number)[];
  readonly text: string;
}

/** What must hold between sections, wherever Dayfly runs. */
export function brokenRules(file: ConfigFile): readonly BrokenRule[] {
  return [
    ...(["forges", "profiles", "grants", "targets", "apps"] as const).flatMap((section) => doubled(file, section)),
    ...file.forges.flatMap(forgeRules),
    ...file.profiles.flatMap((profile, n) => profileRules(file, profile, n)),
    ...file.grants.flatMap((grant, n) => grantRules(file, grant, n)),
    ...file.targets.flatMap(targetRules),
    ...file.apps.flatMap(appRules),
    ...environmentRules(file),
  ];
}

function doubled(file: ConfigFile, section: "forges" | "profiles" | "grants" | "targets" | "apps"): BrokenRule[] {
  const seen = new Set<string>();
  return file[section].flatMap(({ name }, n) => {
    const again = seen.has(name);
    seen.add(name);
    return again ? [{ path: [section, n, "name"], text: `another entry of ${section} is called ${name} too` }] : [];
  });
}

function forgeRules(forge: ConfigFile["forges"][number], n: number): BrokenRule[] {
  const broken: BrokenRule[] = [];
  const at = ["forges", n] as const;
  if (forge.kind === "git") {
    if (!forge.url.startsWith("/"))
      broken.push({ path: [...at, "url"], text: "must be the repository's absolute path" });
    return broken;
  }
  if (!isPlainOrigin(forge.url)) {
    broken.push({ path: [...at, "url"], text: "must be http(s)://host without user, query or fragment" });
  }
  if (forge.kind === "gitea" && forge.app) {
    broken.push({ path: [...at, "app"], text: "Gitea has no Apps: give it a token" });
  }
  if (forge.kind !== "gitea" && forge.workflowDirectories.length > 0) {
    broken.push({ path: [...at, "workflowDirectories"], text: "is for a Gitea: GitHub reads .github/workflows alone" });
  }
  return broken;
}

function isPlainOrigin(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  return /^https?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash;
}

/** GitHub serves these with its own machines: a runner of ours would never see such a job. It takes labels in any case. */
export const githubHosted = /^(?:ubuntu|windows|macos)-(?:latest|slim|\d+(?:\.\d+)?)(?:-(?:arm|intel|large|xlarge))?$/i;

function profileRules(file: ConfigFile, profile: ConfigFile["profiles"][number], n: number): BrokenRule[] {
  const broken: BrokenRule[] = [];
  const at = ["profiles", n] as const;
  const onlyGithub = file.forges.length > 0 && file.forges.every(({ kind }) => kind === "github");
  profile.labels.forEach((label, place) => {
    if (label === "host") broken.push({ path: [...at, "labels", place], text: "the label host is never ours" });
    if (onlyGithub && githubHosted.test(label)) {
      const text = `GitHub serves ${label} with its own machines: choose another label, such as self-hosted`;
      broken.push({ path: [...at, "labels", place], text });
    }
  });
  if (profile.system === "ubuntu-24.04" && profile.image === "own") {
    broken.push({ path: [...at, "image"], text: "own images are Amazon Linux: write stock, or an image id" });
  }
  if (profile.system === "ubuntu-24.04" && profile.image === "stock" && !profile.egress.includes(80)) {
    broken.push({ path: [...at, "egress"], text: "a stock Ubuntu reads its package mirrors on port 80: add it" });
  }
  if (profile.gitCredentials && !file.forges.some(({ app }) => app)) {
    broken.push({ path: [...at, "gitCredentials"], text: "needs a GitHub App: no other token is for one repository" });
  }
  return broken;
}

function grantRules(file: ConfigFile, grant: ConfigFile["grants"][number], n: number): BrokenRule[] {
  const { ecr, s3, cloudfront } = grant.to;
  const broken: BrokenRule[] = [];
  if (ecr.length + s3.length + cloudfront.length === 0)
    broken.push({ path: ["grants", n, "to"], text: "gives nothing: name a repository, bucket or distribution" });
  broken.push(...originRules(file, grant.from, ["grants", n, "from", "forge"]));
  if (file.forges.length > 0 && file.forges.every(({ kind }) => kind === "git"))
    broken.push({ path: ["grants", n], text: "needs a Gitea or GitHub: only a forge says which job a machine has" });
  return broken;
}

function targetRules(target: ConfigFile["targets"][number], n: number): BrokenRule[] {
  if ((target.id === undefined) !== (target.local === undefined)) return [];
  return [{ path: ["targets", n], text: "needs one of id and local" }];
}

function appRules({ image, health, bundle }: ConfigFile["apps"][number], n: number): BrokenRule[] {
  if (image !== undefined && bundle)
    return [{ path: ["apps", n, "bundle"], text: "an app has an image or bundles, not both" }];
  if (image === undefined || health !== undefined) return [];
  return [{ path: ["apps", n, "health"], text: "is missing: an image is live only when it answers well" }];
}

function environmentRules(file: ConfigFile): BrokenRule[] {
  const apps = new Set(file.apps.map(({ name }) => name));
  const targets = new Set(file.targets.map(({ name }) => name));
  const seen = new Set<string>();
  return file.environments.flatMap((environment, n) => {
    const at = ["environments", n] as const;
    const broken: BrokenRule[] = [];
    const key = `${environment.app}/${environment.name}`;
    if (seen.has(key)) broken.push({ path: [...at, "name"], text: `${key} is there already` });
    seen.add(key);
    if (!apps.has(environment.app)) broken.push({ path: [...at, "app"], text: `no app is named ${environment.app}` });
    broken.push(...originRules(file, environment.from, [...at, "from", "forge"]));
    environment.targets.forEach((name, place) => {
      if (!targets.has(name)) broken.push({ path: [...at, "targets", place], text: `no target is named ${name}` });
    });
    return broken;
  });
}

/** Whoever has a repository of that name on another forge must not pass for this one. */
function originRules(
  { forges }: ConfigFile,
  { forge }: ConfigFile["environments"][number]["from"],
  path: BrokenRule["path"],
): BrokenRule[] {
  if (forge === undefined)
    return forges.length > 1 ? [{ path, text: `is missing: there are ${forges.length} forges` }] : [];
  return forges.length === 0 || forges.some(({ name }) => name === forge)
    ? []
    : [{ path, text: `no forge is named ${forge}` }];
}
