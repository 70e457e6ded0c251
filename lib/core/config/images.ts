import type { ConfigFile } from "./config-file.ts";

type ProfileEntry = ConfigFile["profiles"][number];
export type Architecture = ProfileEntry["architecture"];

/** Parameter with the provider's own newest image. */
export function stockImage({ system, architecture }: Pick<ProfileEntry, "system" | "architecture">): string {
  if (system === "al2023") {
    const arch = architecture === "arm64" ? "arm64" : "x86_64";
    return `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${arch}`;
  }
  const arch = architecture === "arm64" ? "arm64" : "amd64";
  return `/aws/service/canonical/ubuntu/server/24.04/stable/current/${arch}/hvm/ebs-gp3/ami-id`;
}

/** Parameter that our own pipeline writes. Image Builder's role may write below /imagebuilder/ only. */
export function ownImage(stackName: string, architecture: Architecture): string {
  return `/imagebuilder/${stackName}/${architecture}`;
}

/** What a launch of this profile takes, best first. */
export function imagesOf(stackName: string, profile: ProfileEntry): readonly string[] {
  if (profile.image.startsWith("ami-")) return [profile.image];
  const stock = stockImage(profile);
  return profile.image === "own" ? [ownImage(stackName, profile.architecture), stock] : [stock];
}
