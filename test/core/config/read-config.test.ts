import { describe, expect, it } from "@jest/globals";
import type { Config } from "../../../lib/core/config/config.ts";
import { brokenOnAws } from "../../../lib/core/config/config-on-aws.ts";
import { readConfig } from "../../../lib/core/config/read-config.ts";
import { formatProblem } from "../../../lib/core/errors.ts";

const example = `
stack: { region: eu-central-1, zones: [eu-central-1a, eu-central-1b] }
forges:
  - { name: home, kind: gitea, url: https://git.example.com, token: /dayfly/home/token, secret: /dayfly/home/secret, allow: ["acme/*"] }
profiles:
  - { name: small, labels: [ubuntu-latest], architecture: arm64, types: [c7g.large, m7g.large], market: spot, onDemandFallback: true,
      limits: { minutes: 30, idle: 5, machines: 20 }, egress: [443] }
grants: [{ name: push-shop, to: { ecr: [shop], s3: [acme-releases] }, from: { repo: acme/shop, refs: [main], events: [push] } }]
targets: [{ name: web1, id: i-0abc1234 }, { name: here, local: true }]
apps: [{ name: shop, image: registry.example.com/shop, health: http://127.0.0.1:8080/healthz, commitField: commit }]
environments: [{ name: prod, app: shop, targets: [web1], from: { repo: acme/shop, refs: [main], events: [push] }, approval: true }]
`;

function problems(text: string): readonly string[] {
  const reading = readConfig("dayfly.yaml", text);
  return reading.kind === "invalid" ? reading.problems.map(formatProblem) : [];
}

describe("dayfly.yaml", () => {
  it("1-06 is read whole, and serves as the app's configuration", () => {
    const reading = readConfig("dayfly.yaml", example);
    expect(problems(example)).toEqual([]);
    if (reading.kind !== "config") throw new Error("invalid");
    const config: Config = reading.file;
    expect(config.profiles[0]).toMatchObject({
      name: "small",
      market: "spot",
      limits: { minutes: 30, idleMinutes: 5, bootMinutes: 8, machines: 20 },
    });
    expect(brokenOnAws(reading.file)).toEqual([]);
  });

  it.each(["", "# nothing yet\n", "forges: []\n"])("is valid when it says nothing (%j)", (text) => {
    expect(readConfig("dayfly.yaml", text)).toMatchObject({ kind: "config", file: { forges: [], profiles: [] } });
  });

  it("6-10 wants the forge named wherever there are several: each may have a repository of that name", () => {
    const second =
      "  - { name: hub, kind: github, url: https://github.com, token: /dayfly/hub/token, secret: /dayfly/hub/secret, allow: [acme/*] }\nprofiles:";
    const two = example.replace("\nprofiles:", `\n${second}`);
    const said = problems(two).map((problem) => problem.replace(/^\S+ /, ""));
    expect(said).toEqual([
      "grants[0].from.forge: is missing: there are 2 forges",
      "environments[0].from.forge: is missing: there are 2 forges",
    ]);
    expect(problems(two.replaceAll("from: {", "from: { forge: home,"))).toEqual([]);
    expect(problems(example.replace("from: {", "from: { forge: hom,")).join()).toContain("no forge is named hom");
  });

  it("5-05 fills in every default of a profile", () => {
    const reading = readConfig("dayfly.yaml", "profiles: [{ name: small, labels: [linux] }]");
    expect(reading).toMatchObject({
      file: {
        profiles: [
          {
            architecture: "arm64",
            types: [],
            disk: 30,
            market: "spot",
            onDemandFallback: true,
            system: "al2023",
            image: "own",
            egress: [443],
            gitCredentials: false,
            limits: { minutes: 30, idleMinutes: 5, bootMinutes: 8, machines: 20 },
          },
        ],
      },
    });
  });

  it("tells all problems at once, each with its line", () => {
    const text = `
forges:
  - name: Home
    kind: gitlab
    url: https://u:p@git.example.com
profiles:
  - name: small
    labels: []
    limits:
      minutes: 0
`;
    expect(problems(text)).toEqual([
      "dayfly.yaml:3:5 forges[0].name: must be 1 to 31 lower-case letters, digits and dashes, a letter first",
      'dayfly.yaml:4:5 forges[0].kind: expected one of "gitea"|"github"|"git"',
      "dayfly.yaml:8:5 profiles[0].labels: too small: expected array to have >=1 items",
      "dayfly.yaml:10:7 profiles[0].limits.minutes: too small: expected number to be >=1",
    ]);
  });

  it.each([
    { text: "profles: []", says: "dayfly.yaml:1:1 profles: no such key; did you mean profiles?" },
    {
      text: "profiles: [{ name: a, labels: [x], onDemandFalback: true }]",
      says: "dayfly.yaml:1:36 profiles[0].onDemandFalback: no such key; did you mean onDemandFallback?",
    },
    {
      text: "profiles: [{ name: a, labels: [x], limits: { hours: 3 } }]",
      says: "dayfly.yaml:1:46 profiles[0].limits.hours: no such key; known: minutes, idle, boot, machines",
    },
    { text: "__proto__: { a: 1 }", says: "no such key" },
  ])("names the nearest known key: $text", ({ text, says }) => {
    expect(problems(text)[0]).toContain(says);
  });

  it.each([
    {
      because: "a missing key says what it is for",
      text: "profiles: [{ name: a }]",
      says: "dayfly.yaml:1:12 profiles[0].labels: is missing: A job fits",
    },
    {
      because: "two of a name",
      text: "targets: [{ name: a, local: true }, { name: a, local: true }]",
      says: "dayfly.yaml:1:39 targets[1].name: another entry of targets is called a too",
    },
    {
      because: "a secret is no parameter name",
      text: "forges: [{ name: a, kind: gitea, url: https://g, secret: ghp_0123456789 }]",
      says: "never the secret itself",
    },
    {
      because: "GitHub serves its own labels",
      text: "forges: [{ name: gh, kind: github }]\nprofiles: [{ name: a, labels: [linux, ubuntu-24.04] }]",
      says: "dayfly.yaml:2:39 profiles[0].labels[1]: GitHub serves ubuntu-24.04 with its own machines",
    },
    {
      because: "GitHub's labels know no case, and there is a small one",
      text: "forges: [{ name: gh, kind: github }]\nprofiles: [{ name: a, labels: [Ubuntu-Slim] }]",
      says: "GitHub serves Ubuntu-Slim",
    },
    {
      because: "host is not ours",
      text: "profiles: [{ name: a, labels: [host] }]",
      says: "the label host is never ours",
    },
    {
      because: "a user in the address",
      text: "forges: [{ name: a, kind: gitea, url: 'https://u:p@g' }]",
      says: "without user, query or fragment",
    },
    {
      because: "an App at Gitea",
      text: "forges: [{ name: a, kind: gitea, url: https://g, app: { id: '1', key: /k } }]",
      says: "Gitea has no Apps",
    },
    {
      because: "GitHub's folder is fixed",
      text: "forges: [{ name: gh, kind: github, workflowDirectories: [ci] }]",
      says: "is for a Gitea",
    },
    {
      because: "git needs a path",
      text: "forges: [{ name: a, kind: git, url: repo.git }]",
      says: "must be the repository's absolute path",
    },
    {
      because: "1-13 Ubuntu's mirrors",
      text: "profiles: [{ name: a, labels: [x], system: ubuntu-24.04, image: stock }]",
      says: "port 80",
    },
    {
      because: "own images are AL2023",
      text: "profiles: [{ name: a, labels: [x], system: ubuntu-24.04, egress: [80, 443] }]",
      says: "own images are Amazon Linux",
    },
    {
      because: "git credentials",
      text: "profiles: [{ name: a, labels: [x], gitCredentials: true }]",
      says: "needs a GitHub App",
    },
    {
      because: "a grant that gives nothing",
      text: "grants: [{ name: g, to: {}, from: { repo: a/b, refs: [main] } }]",
      says: "dayfly.yaml:1:21 grants[0].to: gives nothing",
    },
    {
      because: "a grant where no forge can say what a machine does",
      text: "forges: [{ name: g, kind: git, url: /srv/a.git }]\ngrants: [{ name: g, to: { ecr: [shop] }, from: { repo: a/b, refs: [main] } }]",
      says: "only a forge says which job a machine has",
    },
    { because: "neither id nor local", text: "targets: [{ name: a }]", says: "needs one of id and local" },
    {
      because: "both id and local",
      text: "targets: [{ name: a, id: i-0abc1234, local: true }]",
      says: "needs one of id and local",
    },
    {
      because: "an unknown app",
      text: "environments: [{ name: prod, app: shop, targets: [w], from: { repo: a/b, refs: [main] } }]",
      says: "no app is named shop",
    },
    {
      because: "an image with a tag",
      text: "apps: [{ name: a, image: 'r.example.com/a:latest', health: http://127.0.0.1/ }]",
      says: "must be registry/path without a tag",
    },
    {
      because: "a list instead of keys",
      text: "stack: [1]",
      says: "dayfly.yaml:1:1 stack: expected object, received array",
    },
    { because: "a text instead of a file", text: "hello", says: "expected object, received string" },
    { because: "not YAML", text: "forges: [", says: "dayfly.yaml:1" },
    { because: "a key twice", text: "forges: []\nforges: []", says: "dayfly.yaml:2:1" },
    {
      because: "both image and bundles",
      text: "apps: [{ name: a, image: r.example.com/a, health: 'http://127.0.0.1/', bundle: true }]",
      says: "dayfly.yaml:1:72 apps[0].bundle: an app has an image or bundles, not both",
    },
    {
      because: "an image that cannot say how it is",
      text: "apps: [{ name: a, image: r.example.com/a }]",
      says: "apps[0].health: is missing: an image is live only when it answers well",
    },
    {
      because: "health asked for by no web address",
      text: "apps: [{ name: a, image: r.example.com/a, health: 'file:///etc/passwd' }]",
      says: "apps[0].health: ",
    },
    {
      because: "a public path without TLS",
      text: "apps: [{ name: a, public: 'http://shop.example.com/' }]",
      says: "apps[0].public: ",
    },
    {
      because: "one environment of an app twice",
      text: "targets: [{ name: w, local: true }]\napps: [{ name: a }]\nenvironments: [{ name: prod, app: a, targets: [w], from: { repo: a/b, refs: [main] } }, { name: prod, app: a, targets: [w], from: { repo: a/b, refs: [main] } }]",
      says: "environments[1].name: a/prod is there already",
    },
    {
      because: "an environment on a host that nobody named",
      text: "targets: [{ name: w, local: true }]\napps: [{ name: a }]\nenvironments: [{ name: prod, app: a, targets: [w, v], from: { repo: a/b, refs: [main] } }]",
      says: "environments[0].targets[1]: no target is named v",
    },
    {
      because: "an address of no web server",
      text: "forges: [{ name: a, kind: gitea, url: 'ftp://git.example.com' }]",
      says: "must be http(s)://host",
    },
    ...["?a=1", "#a"].map((end) => ({
      because: `an address with ${end}`,
      text: `forges: [{ name: a, kind: gitea, url: 'https://git.example.com/${end}' }]`,
      says: "without user, query or fragment",
    })),
    {
      because: "an image of no kind",
      text: "profiles: [{ name: a, labels: [x], image: latest }]",
      says: "is neither own, stock nor an image id",
    },
  ])("is refused: $because", ({ text, says }) => {
    expect(problems(text).join("\n")).toContain(says);
  });

  it("1-13 asks for no mirrors' port where an Ubuntu brings its tools along", () => {
    const text = "profiles: [{ name: a, labels: [x], system: ubuntu-24.04, image: ami-0123456789abcdef0 }]";
    expect(problems(text)).toEqual([]);
  });

  it("takes a forge's name in a grant where the file has no forges yet", () => {
    const text = "grants: [{ name: g, to: { ecr: [shop] }, from: { forge: home, repo: a/b, refs: [main] } }]";
    expect(problems(text)).toEqual([]);
  });

  it("takes GitHub's labels where a Gitea may use them", () => {
    const forges = "forges: [{ name: gh, kind: github }, { name: g, kind: gitea, url: https://g.example.com }]\n";
    expect(problems(`${forges}profiles: [{ name: a, labels: [ubuntu-latest] }]`)).toEqual([]);
  });
});

it.each(["c7g.larg", "c7g", "large", "c7g.1000000xlarge", "metal"])(
  "1-06 knows that %s is no instance type",
  (type) => {
    const reading = readConfig("dayfly.yaml", `profiles: [{ name: a, labels: [x], types: [${type}] }]`);
    expect(reading).toMatchObject({
      problems: [{ place: "profiles[0].types[0]", text: "is no instance type such as c7g.large" }],
    });
  },
);

describe("1-06 what AWS needs", () => {
  it("1-09 is nothing more for git credentials than an App", () => {
    const reading = readConfig(
      "dayfly.yaml",
      "stack: { region: eu-central-1, zones: [eu-central-1a] }\nforges: [{ name: hub, kind: github, app: { id: '1', key: /k }, secret: /s }]\nprofiles: [{ name: a, labels: [x], types: [c7g.large], gitCredentials: true }]",
    );
    if (reading.kind !== "config") throw new Error("invalid");
    expect(brokenOnAws(reading.file)).toEqual([]);
  });

  it("is told by name, all at once, with its line", () => {
    const reading = readConfig(
      "dayfly.yaml",
      "forges: [{ name: g, kind: gitea, url: http://g }]\nprofiles: [{ name: a, labels: [x] }]\n",
    );
    if (reading.kind !== "config") throw new Error("invalid");
    expect(brokenOnAws(reading.file).map(reading.place).map(formatProblem)).toEqual([
      "dayfly.yaml:1:1 stack.region: is missing: the region to deploy to",
      "dayfly.yaml:1:1 stack.zones: is missing: zones of the stack's own network, or `network`",
      "dayfly.yaml:1:10 forges[0].secret: is missing: the parameter with the webhook's secret",
      "dayfly.yaml:1:10 forges[0].token: is missing: the parameter with an API token",
      "dayfly.yaml:1:34 forges[0].url: must begin with https:// on AWS: tokens travel to it",
      "dayfly.yaml:2:12 profiles[0].types: is missing: EC2 instance types such as c7g.large",
    ]);
  });

  const whole = (stack: string, profile = "types: [c7g.large]") =>
    `stack: { ${stack} }\nforges: [{ name: g, kind: gitea, url: https://g, token: /t, secret: /s }]\nprofiles: [{ name: a, labels: [x], ${profile} }]`;
  const here = "region: eu-central-1, zones: [eu-central-1a]";
  const imported =
    "network: { vpc: vpc-0123456789abcdef0, subnets: [subnet-0123456789abcdef0, subnet-0123456789abcdef0] }";

  function broken(text: string): readonly string[] {
    const reading = readConfig("dayfly.yaml", text);
    if (reading.kind !== "config") throw new Error(reading.problems.map(formatProblem).join("\n"));
    return brokenOnAws(reading.file).map(reading.place).map(formatProblem);
  }

  const deploying =
    "\ntargets: [{ name: w, id: i-0123456789abcdef0 }, { name: here, local: true }]\napps: [{ name: shop }]\nenvironments: [{ name: prod, app: shop, targets: [w], from: { repo: a/b, refs: [main] } }]";

  it("takes a target of one computer that no environment has, and the direct way to others", () => {
    expect(broken(whole(here, "types: [c7g.large], direct: true") + deploying)).toEqual([]);
  });

  it.each([
    {
      because: "an environment on this computer",
      text: whole(here) + deploying.replace("[w]", "[w, here]"),
      says: "dayfly.yaml:6:54 environments[0].targets[1]: here is `local`: on AWS a target has an id",
    },
    {
      because: "a direct way to nowhere",
      text: whole(here, "types: [c7g.large], direct: true"),
      says: "profiles[0].direct: gives nothing without `environments`",
    },
    ...["amazon", "amzn-ci"].map((name) => ({
      because: `the name ${name}`,
      text: whole(`name: ${name}, ${here}`),
      says: "stack.name: may not begin with aws",
    })),
    {
      because: "a zone of another region",
      text: whole("region: eu-west-1, zones: [eu-west-1a, eu-central-1b]"),
      says: "dayfly.yaml:1:49 stack.zones[1]: is no zone of eu-west-1",
    },
    {
      because: "a zone twice",
      text: whole("region: eu-west-1, zones: [eu-west-1a, eu-west-1a]"),
      says: "stack.zones[1]: eu-west-1a is there already",
    },
    {
      because: "a subnet twice",
      text: whole(`region: eu-west-1, ${imported}`),
      says: "stack.network.subnets[1]: subnet-0123456789abcdef0 is there already",
    },
    {
      because: "zones that nothing would use",
      text: whole(`${here}, ${imported.replace("cdef0]", "cdef1]")}`),
      says: "stack.zones: are of the stack's own network, and `network` names another one",
    },
    {
      because: "a budget without a reader",
      text: whole(`${here}, dailyBudget: 5`),
      says: "stack.dailyBudget: tells nobody",
    },
    {
      because: "a name that AWS keeps",
      text: whole(`name: aws-ci, ${here}`),
      says: "stack.name: may not begin with aws",
    },
    {
      because: "another partition's addresses",
      text: whole("region: cn-north-1, zones: [cn-north-1a]"),
      says: "stack.region: is in China",
    },
    {
      because: "a type of the other processor",
      text: whole(here, "types: [c7g.large, c7i.large]"),
      says: "profiles[0].types[1]: c7i.large is x64, and the profile's architecture arm64",
    },
    {
      because: "a type twice, which no fleet takes",
      text: whole(here, "types: [c7g.large, c7g.large]"),
      says: "profiles[0].types[1]: c7g.large is there already",
    },
  ])("refuses what would fail in the middle of a deploy or a launch: $because", ({ text, says }) => {
    expect(broken(text).join("\n")).toContain(says);
    expect(broken(text)).toHaveLength(1);
  });

  it.each([
    {
      architecture: "arm64",
      types:
        "a1.medium, t4g.small, m7gd.large, c7gn.large, x2gd.large, im4gn.large, is4gen.large, g5g.xlarge, i8ge.large",
    },
    {
      architecture: "x64",
      types:
        "t3.small, m7i-flex.large, c6in.large, g5.xlarge, g6e.xlarge, gr6.4xlarge, r7a.large, u-6tb1.metal, m8azn.large",
    },
  ])("knows the processor of each family: $architecture", ({ architecture, types }) => {
    expect(broken(whole(here, `architecture: ${architecture}, types: [${types}]`))).toEqual([]);
  });

  it("is a forge and a profile at least, and no plain git", () => {
    const empty = readConfig("dayfly.yaml", "");
    const git = readConfig("dayfly.yaml", "forges: [{ name: g, kind: git, url: /srv/a.git }]");
    if (empty.kind !== "config" || git.kind !== "config") throw new Error("invalid");
    expect(brokenOnAws(empty.file).map(({ path }) => path.join("."))).toEqual([
      "stack.region",
      "stack.zones",
      "forges",
      "profiles",
    ]);
    expect(brokenOnAws(git.file)).toContainEqual(expect.objectContaining({ path: ["forges", 0, "kind"] }));
  });
});
