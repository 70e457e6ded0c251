import * as z from "zod";
import { AppEntry, EnvironmentEntry, GrantEntry, TargetEntry } from "./config-deploys.ts";
import { ProfileEntry } from "./config-profile.ts";
import { Name, ParameterName } from "./config-words.ts";

/** Where everything stands on AWS. One computer needs none of it. */
const StackEntry = z.strictObject({
  name: Name.default("dayfly").describe("Name of the CloudFormation stack; two stacks in one account differ by it."),
  region: z
    .string()
    .regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, "is no region such as eu-central-1")
    .optional()
    .describe("Needed on AWS."),
  zones: z
    .array(z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d[a-z]$/, "is no availability zone such as eu-central-1a"))
    .max(6)
    .default([])
    .describe("Zones of the stack's own network. Needed on AWS unless `network` names one."),
  network: z
    .strictObject({
      vpc: z
        .string()
        .regex(/^vpc-[0-9a-f]{8,17}$/, "is no id of a VPC")
        .describe("The VPC."),
      subnets: z
        .array(z.string().regex(/^subnet-[0-9a-f]{8,17}$/, "is no id of a subnet"))
        .min(1)
        .max(6)
        .describe("Subnets whose machines reach the internet, one for each zone."),
    })
    .optional()
    .describe("An existing network instead of the stack's own."),
  alarmEmail: z.email().optional().describe("Who gets the alarms. AWS asks that address for its consent."),
  dailyBudget: z
    .number()
    .positive()
    .optional()
    .describe("USD of EC2 use a day beyond which `alarmEmail` gets a message."),
  logDays: z.literal([1, 3, 5, 7, 14, 30, 60, 90, 180, 365]).default(14).describe("How many days logs are kept."),
  removeTable: z.boolean().default(false).describe("Removing the stack removes the table of runs as well."),
});

const ForgeEntry = z.strictObject({
  name: Name.describe("The last part of its webhook's address."),
  kind: z.enum(["gitea", "github", "git"]).describe("`git` is a bare repository on this computer."),
  url: z
    .string()
    .min(1)
    .default("https://github.com")
    .describe("Address of the forge, or the path of the bare repository."),
  token: ParameterName.optional().describe(
    "Parameter with an API token. Gitea: a site administrator's or the owner's.",
  ),
  app: z
    .strictObject({
      id: z.string().regex(/^\d+$/, "must be the App's number, in quotes").describe("The App's id."),
      key: ParameterName.describe("Parameter with its private key in PEM."),
    })
    .optional()
    .describe("A GitHub App instead of a token; `dayfly` asks for rights on one repository at a time."),
  secret: ParameterName.optional().describe("Parameter with the secret that signs its webhooks. Needed on AWS."),
  previousSecret: ParameterName.optional().describe("Parameter with the secret before, while you rotate."),
  allow: z.array(z.string().min(1)).default([]).describe("Globs of `owner/name` that may use us. None: all."),
  workflowDirectories: z
    .array(z.string().regex(/^[\w.-]+(?:\/[\w.-]+)*$/, "is no folder of a repository such as .gitea/workflows"))
    .max(8)
    .default([])
    .describe("What `WORKFLOW_DIRS` says on a Gitea of 1.26 or newer whose administrator set it. None: as usual."),
});

/** The one declaration of dayfly.yaml: it validates, it documents (`dayfly docs config`) and it completes in editors. */
export const ConfigFile = z.strictObject({
  stack: StackEntry.prefault({}).describe("Where everything stands on AWS. One computer needs none of it."),
  forges: z.array(ForgeEntry).default([]).describe("Whose pushes and jobs we serve."),
  profiles: z
    .array(ProfileEntry)
    .default([])
    .describe("Kinds of machines. The first one that fits a job's labels serves it."),
  grants: z.array(GrantEntry).default([]).describe("AWS rights that a job may ask for, and which jobs."),
  targets: z.array(TargetEntry).default([]).describe("Hosts that we deploy to."),
  apps: z.array(AppEntry).default([]).describe("What is deployed."),
  environments: z.array(EnvironmentEntry).default([]).describe("Where an app runs, and who may change it."),
});
export type ConfigFile = z.infer<typeof ConfigFile>;
