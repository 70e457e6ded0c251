import * as z from "zod";
import { Name } from "./config-words.ts";

const Limits = z
  .strictObject({
    minutes: z.int().min(1).max(1440).default(30).describe("A machine lives at most so many minutes after its boot."),
    idle: z.int().min(1).max(60).default(5).describe("Minutes after which a runner without a job gives up."),
    boot: z.int().min(2).max(30).default(8).describe("Minutes that a machine may take to boot and claim its run."),
    machines: z.int().min(1).max(1000).default(20).describe("Machines of this profile at one time."),
  })
  .transform(({ minutes, idle, boot, machines }) => ({
    minutes,
    idleMinutes: idle,
    bootMinutes: boot,
    machines,
  }));

const Debug = z
  .strictObject({
    minutes: z
      .int()
      .min(1)
      .max(120)
      .describe("How long a machine stays for you after its job has ended; never beyond its own end (`limits`)."),
  })
  .describe(
    "Opens a shell through SSM Session Manager. Its machines get the rights of that agent, so keep it off elsewhere.",
  );

/** Family and size. Families come and go; sizes are the same few words for years. */
const instanceType = /^[a-z][a-z0-9-]*\.(nano|micro|small|medium|large|\d{0,3}xlarge|metal(-\d{1,3}xl)?)$/;

/** A kind of machine. Jobs find it by their labels; the first fitting profile of the file serves a job. */
export const ProfileEntry = z.strictObject({
  name: Name.describe("Appears in tags, rows and metrics."),
  labels: z
    .array(z.string().min(1).max(256))
    .min(1)
    .describe(
      "A job fits when each of its `runs-on` labels is one of these. Its runner registers exactly the job's labels.",
    ),
  architecture: z.enum(["arm64", "x64"]).default("arm64").describe("Processor of the machines; `types` must have it."),
  types: z
    .array(z.string().regex(instanceType, "is no instance type such as c7g.large"))
    .max(20)
    .default([])
    .describe("EC2 instance types; the more, the rarer a shortage. Needed on AWS, ignored on one computer."),
  disk: z.int().min(8).max(2000).default(30).describe("Size of the root disk in GiB."),
  market: z.enum(["spot", "on-demand"]).default("spot").describe("How machines are bought first."),
  onDemandFallback: z
    .boolean()
    .default(true)
    .describe("Buy at the full price where no Spot machine can be had, by a second launch."),
  system: z
    .enum(["al2023", "ubuntu-24.04"])
    .default("al2023")
    .describe("Amazon Linux 2023, or Ubuntu 24.04 (only `image: stock`; its package mirrors need port 80)."),
  image: z
    .union([
      z.enum(["own", "stock"]),
      z.string().regex(/^ami-[0-9a-f]{8,17}$/, "is neither own, stock nor an image id"),
    ])
    .default("own")
    .describe(
      "`own`: built monthly by this stack, the stock image until the first is ready. `stock`: tools are installed at each boot, slower. Or an image id.",
    ),
  egress: z
    .array(z.int().min(1).max(65535))
    .min(1)
    .default([443])
    .describe("TCP ports that its machines may call anywhere, beside 443 and the forges' own. Nothing may call them."),
  gitCredentials: z
    .boolean()
    .default(false)
    .describe(
      "Git on the machine can read the job's own repository. GitHub App only: Gitea has no token for one repository.",
    ),
  debug: Debug.optional(),
  direct: z
    .boolean()
    .default(false)
    .describe(
      "Its machines may themselves send our two documents to the hosts in `targets`. Gives up who may deploy: any job that fits these labels can. Leave it off; `dayfly deploy` needs none of it.",
    ),
  limits: Limits.prefault({}).describe("What keeps it small."),
});
