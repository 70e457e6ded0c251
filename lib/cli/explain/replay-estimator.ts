import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { Profile } from "../../core/config/config.ts";
import { type Durations, seenDurations } from "../../core/config/durations.ts";
import { readConfig } from "../../core/config/read-config.ts";
import { UserError } from "../../core/errors.ts";
import type { JobDecision } from "../../core/plan/decision.ts";
import { placeJob } from "../../core/plan/placement.ts";
import { hourlyPrice, priceSource } from "../../core/report/price.ts";
import type { Estimator } from "../../core/report/replay.ts";
import { type Call, CommandError } from "../command.ts";
import { newStateFolder } from "../state-folder.ts";
import type { Checkout } from "../world/world-checkout.ts";

/** What a machine is taken for where nothing says what it is. */
const assumedTypes = ["c7g.large"];

type Kind = Profile & { readonly types: readonly string[] };

/** How to measure jobs, and one sentence that says by what. */
export async function readEstimator(
  call: Call,
  checkout: Checkout,
): Promise<{ estimator: Estimator; explanation: string }> {
  const guess = numberOf(call, "minutes", "--minutes");
  const price = numberOf(call, "usdPerHour", "--usd-per-hour");
  const kinds = await readKinds(call, checkout);
  const seen = await readSeen(call);
  const byName = new Map(kinds?.map((kind) => [kind.name, kind]));
  const estimator: Estimator = {
    profileOf: (job) => (kinds ? placed(kinds, job) : { name: labelsOf(job), fits: isLinux(job) }),
    minutesOf: (path, job) => seen?.(path, job) ?? guess,
    priceOf: (name) => {
      const kind = byName.get(name);
      return price ?? (kind ? hourlyPrice(kind.types, kind.market) : hourlyPrice(assumedTypes, "spot"));
    },
  };
  const time = guess === undefined ? "" : `${guess} minutes a job${seen ? " that it has not seen" : ""}`;
  const measured = [seen ? "durations of the local world" : "", time].filter(Boolean).join(", ");
  const machines = kinds ? "machine kinds of dayfly.yaml" : `every machine a ${assumedTypes[0]} on Spot`;
  const cost = price === undefined ? `${machines}, at ${priceSource}` : `${price} USD a machine hour`;
  return { estimator, explanation: `Counted with ${measured || "no duration: add --minutes for one"}; ${cost}.` };
}

function placed(kinds: readonly Kind[], job: JobDecision) {
  const place = placeJob(kinds, job);
  return place.kind === "profile" ? { name: place.profile.name, fits: true } : { name: labelsOf(job), fits: false };
}

/** Our machines run Linux; the labels that GitHub gives to its others say so. */
function isLinux({ labels }: JobDecision): boolean {
  return !labels.some((label) => /^(macos|windows)/i.test(label));
}

function labelsOf({ labels }: JobDecision): string {
  return labels.join(", ") || "any runner";
}

/** undefined where there is no configuration, or one without machine kinds. */
async function readKinds({ options, folder }: Call, { top, isBare }: Checkout): Promise<readonly Kind[] | undefined> {
  const named = typeof options.config === "string" ? resolve(folder, options.config) : undefined;
  const file = named ?? join(top, "dayfly.yaml");
  if (!named && (isBare || !existsSync(file))) return undefined;
  const text = await readFile(file, "utf8").catch(() => {
    throw new CommandError("there is no such configuration", {
      where: file,
      remedy: "Name another with --config.",
      exitCode: 2,
    });
  });
  const reading = readConfig(file, text);
  if (reading.kind === "invalid") throw new UserError("the configuration is invalid", reading.problems);
  return reading.file.profiles.length > 0 ? reading.file.profiles : undefined;
}

/** undefined where there is no local world. */
async function readSeen(call: Call): Promise<Durations | undefined> {
  const folder = newStateFolder(call);
  if (!existsSync(join(folder, "store.db"))) return undefined;
  const local = await call.openWorld(folder, "read");
  try {
    return seenDurations(await local.world.runs.list({ limit: 1000, status: ["completed"] }));
  } finally {
    await local.close();
  }
}

function numberOf({ options }: Call, name: string, flag: string): number | undefined {
  const written = options[name];
  if (typeof written !== "string") return undefined;
  const value = Number(written);
  if (written.trim() !== "" && Number.isFinite(value) && value > 0) return value;
  throw new CommandError(`"${written}" is no positive number`, {
    where: `${flag} ${written}`,
    remedy: "Write a number such as 8 or 0.05.",
    exitCode: 2,
  });
}
