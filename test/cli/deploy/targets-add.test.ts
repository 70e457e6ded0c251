import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EC2Client } from "@aws-sdk/client-ec2";
import { SSMClient } from "@aws-sdk/client-ssm";
import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { ssmTargetNodes } from "../../../lib/aws/target-nodes.ts";
import { commands } from "../../../lib/cli/commands.ts";
import { addTarget } from "../../../lib/cli/deploy/targets-add-run.ts";
import { run } from "../../../lib/cli/program.ts";
import { terminal } from "../../../lib/cli/terminal.ts";
import { type FakeNode, type SsmAccount, ssmAccount } from "../../fakes/ssm/account.ts";
import type { FakeDocument } from "../../fakes/ssm/documents.ts";
import { type SsmWire, ssmWire } from "../../fakes/ssm/server.ts";

/** As AWS has it: text becomes script, which is why nobody but an administrator may send it. */
const shell: FakeDocument = {
  schemaVersion: "1.2",
  parameters: { commands: { type: "StringList" }, executionTimeout: { type: "String", default: "3600" } },
  mainSteps: [{ action: "aws:runShellScript", inputs: { runCommand: ["{{ commands }}"] } }],
};
const instance = "i-0123456789abcdef0";

let folder: string;
let account: SsmAccount;
let wire: SsmWire;
let ec2: Server;
let tagged: string[];
let clients: (SSMClient | EC2Client)[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "dayfly-targets-"));
  account = ssmAccount(new Map([["AWS-RunShellScript", shell]]), { now: Date.now });
  wire = await ssmWire(account, { now: Date.now });
  tagged = [];
  ec2 = createServer(async (request, response) => {
    for await (const chunk of request) tagged.push(decodeURIComponent(String(chunk)));
    response.end("<CreateTagsResponse><return>true</return></CreateTagsResponse>");
  });
  await new Promise<void>((resolve) => ec2.listen(0, "127.0.0.1", resolve));
  clients = [];
});

afterEach(async () => {
  for (const client of clients) client.destroy();
  await wire.close();
  ec2.closeAllConnections();
  ec2.close();
  rmSync(folder, { recursive: true });
});

function node(id: string, change: Partial<FakeNode> = {}): FakeNode {
  const run = async () => ({ code: 0, stdout: "installed: deployctl 0123456789ab\n", stderr: "" });
  return { id, tags: new Map(), ping: "Online", platform: "Linux", agent: "3.3.3572.0", run, ...change };
}

/** The command with Amazon's own clients; `told` hears what it says, as it says it. */
async function add(
  argv: readonly string[],
  told: (text: string) => void = () => {},
  role: string | null = "dayfly-target",
) {
  const settings = { region: "eu-west-3", credentials: { accessKeyId: "a", secretAccessKey: "b" } };
  const ssm = new SSMClient({ ...settings, endpoint: wire.url });
  const instances = new EC2Client({ ...settings, endpoint: `http://127.0.0.1:${(ec2.address() as AddressInfo).port}` });
  clients.push(ssm, instances);
  let [out, err] = ["", ""];
  const screens = [
    {
      write: (text: string) => {
        out += text;
      },
    },
    {
      write: (text: string) => {
        err += text;
        told(text);
      },
    },
  ] as const;
  const nodes = ssmTargetNodes(ssm, instances, 10);
  const ways = {
    open: <T>(
      _place: object,
      act: (world: { nodes: typeof nodes; region: string; role: string | undefined }) => Promise<T>,
    ) => act({ nodes, region: "eu-west-3", role: role ?? undefined }),
    pauseMs: 10,
    joinMs: 1_000,
  };
  const surroundings = {
    ...{ terminal: terminal(...screens, {}), programs: {}, checkout: process.cwd(), environment: {}, folder },
    openWorld: () => Promise.reject(new Error("no local world here")),
    openStack: () => Promise.reject(new Error("no stack here")),
    openStackDeploys: () => Promise.reject(new Error("no stack here")),
    examineStack: () => Promise.reject(new Error("no stack here")),
    askSecret: async () => undefined,
    untilInterrupted: () => new AbortController().signal,
  };
  const specs = commands.map((spec) =>
    spec.name === "targets add"
      ? { ...spec, load: async () => (call: Parameters<typeof addTarget>[0]) => addTarget(call, ways) }
      : spec,
  );
  return { code: await run(["targets", "add", ...argv], surroundings, specs), out, err };
}

/** The agent hands over nothing by itself here: somebody has to look again and again. */
async function delivering<T>(work: Promise<T>): Promise<T> {
  let over = false;
  const done = work.finally(() => {
    over = true;
  });
  while (!over) {
    await account.deliver();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return done;
}

describe("2-27 dayfly targets add, an EC2 instance", () => {
  it("installs deployctl there, then tags it for the stack, and says the line for dayfly.yaml", async () => {
    account.nodes.set(instance, node(instance));
    const { code, out } = await delivering(add(["web1", "--instance", instance, "--stack", "ci"]));
    expect([code, out]).toEqual([0, `  - { name: web1, id: ${instance} }\n`]);
    expect(tagged.join()).toMatch(/Tag\.1\.Key=dayfly-target&Tag\.1\.Value=ci/);
    expect(account.commands).toHaveLength(1);
  });

  it.each([
    { change: { agent: "3.3.2745.0" }, says: "3.3.2746.0 or newer" },
    { change: { ping: "ConnectionLost" as const }, says: "not connected" },
    { change: { platform: "Windows" as const }, says: "needs Linux" },
  ])("refuses a host that cannot be one and does nothing to it: $says", async ({ change, says }) => {
    account.nodes.set(instance, node(instance, change));
    const { code, err } = await add(["web1", "--instance", instance]);
    expect([code, err]).toEqual([3, expect.stringContaining(says)]);
    expect([account.commands, tagged]).toEqual([[], []]);
  });

  it("does not tag a host on which the installation failed", async () => {
    account.nodes.set(
      instance,
      node(instance, { run: async () => ({ code: 1, stdout: "", stderr: "install.sh: missing: jq" }) }),
    );
    const { code, err } = await delivering(add(["web1", "--instance", instance]));
    expect([code, err]).toEqual([3, expect.stringContaining("missing: jq")]);
    expect(tagged).toEqual([]);
  });

  it("names an instance that Systems Manager does not know", async () => {
    const { code, err } = await add(["web1", "--instance", instance]);
    expect([code, err]).toEqual([3, expect.stringContaining("does not know it")]);
  });
});

describe("0-35 dayfly targets add, a host elsewhere", () => {
  const script = () => join(folder, "join.sh");
  const registerOnce = (text: string) => {
    if (text.includes("as root"))
      account.register([...account.activations.keys()][0] ?? "", node("mi-0123456789abcdef0"));
  };

  it("joins by an activation for one host and one hour, tagged from the start, and takes it away", async () => {
    let seen: object = {};
    let text = "";
    const { code, out, err } = await add(
      ["edge1", "--script", "join.sh", "--proxy", "http://10.0.0.1:3128"],
      (said) => {
        if (!said.includes("as root")) return;
        const [activation] = account.activations.values();
        seen = {
          ...activation,
          expires: Math.round(((activation?.expires ?? 0) - Date.now()) / 60_000),
          mode: statSync(script()).mode & 0o777,
        };
        text = readFileSync(script(), "utf8");
        registerOnce(said);
      },
    );
    expect([code, out]).toEqual([0, "  - { name: edge1, id: mi-0123456789abcdef0 }\n"]);
    expect(seen).toMatchObject({
      role: "dayfly-target",
      left: 1,
      expires: 60,
      mode: 0o700,
      tags: new Map([["dayfly-target", "dayfly"]]),
    });
    expect(text).toContain("PROXY='http://10.0.0.1:3128'");
    expect(account.activations.size).toBe(0);
    expect(existsSync(script())).toBe(false);
    expect(out + err).not.toContain("code-marker");
  });

  it("the script is one that bash reads, and that installs deployctl by itself", async () => {
    let text = "";
    await add(["edge1", "--script", "join.sh"], (said) => {
      if (said.includes("as root")) text = readFileSync(script(), "utf8");
      registerOnce(said);
    });
    expect(spawnSync("bash", ["-n"], { input: text }).status).toBe(0);
    const installed = text
      .replace(/^join_systems_manager$/m, "")
      .replace('"$folder/install.sh"', `"$folder/install.sh" --local --root ${folder}/host`);
    const ran = spawnSync("bash", [], { input: installed, encoding: "utf8" });
    expect(ran.stderr).toBe("");
    expect(existsSync(join(folder, "host/opt/dayfly/bin/deployctl"))).toBe(true);
  });

  it("takes the activation and the script away also when nobody comes", async () => {
    const { code, err } = await add(["edge1", "--script", "join.sh"]);
    expect([code, err]).toEqual([3, expect.stringContaining("no host has joined")]);
    expect(account.activations.size).toBe(0);
    expect(existsSync(script())).toBe(false);
  });

  it("neither writes over nor removes a file that was there, and leaves no activation behind", async () => {
    writeFileSync(script(), "somebody's own");
    const { code, err } = await add(["edge1", "--script", "join.sh"]);
    expect([code, err]).toEqual([3, expect.stringContaining("cannot be written")]);
    expect(readFileSync(script(), "utf8")).toBe("somebody's own");
    expect(account.activations.size).toBe(0);
  });

  it("says what a stack without environments lacks", async () => {
    const { code, err } = await add(["edge1", "--script", "join.sh"], undefined, null);
    expect([code, err]).toEqual([3, expect.stringContaining("role")]);
  });
});

describe("dayfly targets add, words that cannot be", () => {
  it.each([
    [["Web 1", "--instance", instance], "is no name"],
    [["web1"], "say one of"],
    [["web1", "--instance", instance, "--script", "a"], "say one of"],
    [["web1", "--instance", "i-1;id"], "is no id"],
    [["edge1", "--script", "a", "--proxy", "http://x'; id"], "is no address"],
  ])("%j: %s", async (argv, says) => {
    const { code, err } = await add(argv);
    expect([code, err]).toEqual([2, expect.stringContaining(says)]);
    expect(wire.calls).toEqual([]);
  });
});
