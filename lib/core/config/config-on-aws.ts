import type { ConfigFile } from "./config-file.ts";
import type { BrokenRule } from "./config-rules.ts";

/** What AWS needs beyond what one computer can do without, and what it would refuse in the middle of a deploy. */
export function brokenOnAws(file: ConfigFile): readonly BrokenRule[] {
  return [
    ...missing(file),
    ...stackRules(file.stack),
    ...file.profiles.flatMap(typeRules),
    ...deployRules(file),
    ...sizeRules(file),
  ];
}

function missing(file: ConfigFile): readonly BrokenRule[] {
  const broken: BrokenRule[] = [];
  const need = (path: BrokenRule["path"], what: string) => broken.push({ path, text: `is missing: ${what}` });
  if (file.stack.region === undefined) need(["stack", "region"], "the region to deploy to");
  if (file.stack.network === undefined && file.stack.zones.length === 0) {
    need(["stack", "zones"], "zones of the stack's own network, or `network`");
  }
  if (file.forges.length === 0) need(["forges"], "at least one forge");
  if (file.profiles.length === 0) need(["profiles"], "at least one profile");
  file.forges.forEach((forge, n) => {
    const at = ["forges", n] as const;
    if (forge.kind === "git") broken.push({ path: [...at, "kind"], text: "git is for one computer, not for AWS" });
    if (forge.secret === undefined) need([...at, "secret"], "the parameter with the webhook's secret");
    if (!forge.token && !forge.app) need([...at, "token"], "the parameter with an API token");
    if (forge.kind !== "git" && !forge.url.startsWith("https://")) {
      broken.push({ path: [...at, "url"], text: "must begin with https:// on AWS: tokens travel to it" });
    }
  });
  file.profiles.forEach((profile, n) => {
    if (profile.types.length === 0) need(["profiles", n, "types"], "EC2 instance types such as c7g.large");
  });
  return broken;
}

function stackRules(stack: ConfigFile["stack"]): readonly BrokenRule[] {
  const { name, region, zones, network, alarmEmail, dailyBudget } = stack;
  const broken: BrokenRule[] = [];
  const refuse = (path: BrokenRule["path"], text: string) => broken.push({ path: ["stack", ...path], text });
  // Names of SSM documents begin with the stack's.
  if (/^(?:aws|amazon|amzn)/.test(name))
    refuse(["name"], "may not begin with aws, amazon or amzn: AWS keeps such names");
  if (region?.startsWith("cn-")) refuse(["region"], "is in China, whose AWS has other addresses than Dayfly knows");
  zones.forEach((zone, place) => {
    if (region !== undefined && zone.slice(0, -1) !== region) refuse(["zones", place], `is no zone of ${region}`);
    if (zones.indexOf(zone) < place) refuse(["zones", place], `${zone} is there already`);
  });
  if (network && zones.length > 0) refuse(["zones"], "are of the stack's own network, and `network` names another one");
  network?.subnets.forEach((subnet, place) => {
    if (network.subnets.indexOf(subnet) < place) refuse(["network", "subnets", place], `${subnet} is there already`);
  });
  if (dailyBudget !== undefined && alarmEmail === undefined)
    refuse(["dailyBudget"], "tells nobody: it needs `alarmEmail`");
  return broken;
}

/** Graviton's types have a g after the number of their generation (`c7gn`, `im4gn`); `a1` was before that rule. */
const graviton = /^(?:a1|[a-z]+\d+[a-z0-9-]*g[a-z0-9-]*)\./;

function typeRules({ architecture, types }: ConfigFile["profiles"][number], n: number): readonly BrokenRule[] {
  return types.flatMap((type, place) => {
    const path = ["profiles", n, "types", place];
    const its = graviton.test(type) ? "arm64" : "x64";
    if (types.indexOf(type) < place) return [{ path, text: `${type} is there already` }];
    return its === architecture
      ? []
      : [{ path, text: `${type} is ${its}, and the profile's architecture ${architecture}` }];
  });
}

/** A function on AWS reaches a host by its id; "this computer" would be itself. */
function deployRules({ profiles, targets, environments }: ConfigFile): readonly BrokenRule[] {
  const local = new Set(targets.filter(({ id }) => id === undefined).map(({ name }) => name));
  const broken: BrokenRule[] = environments.flatMap((environment, n) =>
    environment.targets.flatMap((name, place) =>
      local.has(name)
        ? [{ path: ["environments", n, "targets", place], text: `${name} is \`local\`: on AWS a target has an id` }]
        : [],
    ),
  );
  profiles.forEach(({ direct }, n) => {
    if (direct && environments.length === 0)
      broken.push({ path: ["profiles", n, "direct"], text: "gives nothing without `environments`" });
  });
  return broken;
}

/** A Lambda's variables hold 4 KB in all: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const roomForNames = 4096 - 1300;
/** Each one's start script stands in the template, which holds 1 MB. */
const mostProfiles = 50;

/** Each profile stands there with its template, each grant with its role; the rest is in the configuration beside the code. */
function sizeRules({ profiles, grants }: ConfigFile): readonly BrokenRule[] {
  if (profiles.length > mostProfiles)
    return [{ path: ["profiles"], text: `are too many: a stack has room for ${mostProfiles}` }];
  const ofProfiles = profiles.reduce((sum, { name }) => sum + name.length + "=lt-0123456789abcdef0:1234,".length, 0);
  const longestArn = "arn:aws-us-gov:iam::123456789012:role/".length + 64;
  const ofGrants = grants.reduce((sum, { name }) => sum + name.length + longestArn + `"":"",`.length, 0);
  if (ofProfiles + ofGrants <= roomForNames) return [];
  const section = ofGrants > ofProfiles ? "grants" : "profiles";
  return [{ path: [section], text: "are too many: a Lambda's variables, which name them all, hold 4 KB" }];
}
