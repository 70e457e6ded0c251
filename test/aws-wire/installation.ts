import { hookSecret, type PlayedForge } from "../fakes/forges/played-forge.ts";
import { giteaToken, playedGitea } from "../fakes/forges/played-gitea.ts";
import { githubToken, playedGithub } from "../fakes/forges/played-github.ts";
import { type Cloud, type CloudOptions, cloud } from "./cloud.ts";

const stock = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";

/** A forge with one repository, and an account with our stack that its hooks reach. */
export interface Installation {
  readonly forge: PlayedForge;
  readonly aws: Cloud;
  close(): Promise<void>;
}

export type ForgeKind = PlayedForge["kind"];

export interface InstallationOptions extends Pick<CloudOptions, "machineVariables" | "played"> {
  /** What dayfly.yaml says of the only profile, beside its name and labels. */
  readonly profile?: string;
}

export async function installation(
  kind: ForgeKind,
  { profile = "types: [c7g.large, m7g.large]", ...options }: InstallationOptions = {},
): Promise<Installation> {
  const forge = await (kind === "gitea" ? playedGitea() : playedGithub());
  const aws = await cloud({
    config: `
stack: { region: eu-central-1, zones: [eu-central-1a, eu-central-1b] }
forges: [{ name: home, kind: ${kind}, url: "${forge.url}", token: /home/token, secret: /home/secret }]
profiles: [{ name: small, labels: [dayfly], ${profile} }]
`,
    parameters: {
      [stock]: "ami-0123456789abcdef0",
      "/home/token": kind === "gitea" ? giteaToken : githubToken,
      "/home/secret": hookSecret,
    },
    ...options,
    machineVariables: (before) => ({ FAKE_FORGE: forge.url, ...options.machineVariables?.(before) }),
  });
  forge.hooks.address = `${aws.gateway.url}/webhook/home`;
  return {
    forge,
    aws,
    async close() {
      await aws.close();
      await forge.close();
    },
  };
}
