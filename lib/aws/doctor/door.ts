import type { Instant } from "../../core/event.ts";
import { bad, type Check, ok } from "../../core/report/checkup.ts";

const timeoutMs = 10_000;
/** AWS refuses signatures whose time is five minutes off. */
const badSkewMs = 60_000;

/** Does our public address answer as it should: machines' calls refused without a signature, deliveries without a secret? */
export async function checkDoor(
  webhooks: string,
  forges: readonly string[],
  now: () => Instant,
): Promise<readonly Check[]> {
  const base = webhooks.replace(/\/webhook\/$/, "");
  const api = await post(`${base}/runner/claim`);
  const checks: Check[] = [
    api?.status === 403
      ? ok("runner-api", "refuses a caller without a signature, as it should")
      : bad("runner-api", said(api, "403"), "npx cdk deploy; docs/runbook.md#requests-failed helps with 5xx."),
  ];
  if (api?.date !== undefined) checks.push(checkClock(api.date - now()));
  for (const forge of forges) {
    const answer = await post(`${webhooks}${forge}`);
    checks.push(
      answer?.status === 401
        ? ok(`webhook ${forge}`, "refuses a delivery without a signature, as it should")
        : bad(`webhook ${forge}`, said(answer, "401"), "5xx: its parameters cannot be read; 404: npx cdk deploy."),
    );
  }
  return checks;
}

function checkClock(skewMs: number): Check {
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (Math.abs(skewMs) < badSkewMs) return ok("clock", `agrees with AWS to ${seconds} s`);
  const text = `this computer's clock is ${seconds} s ${skewMs > 0 ? "behind" : "ahead"}`;
  return bad("clock", text, "Set it (`timedatectl set-ntp true`): AWS refuses signatures that are five minutes off.");
}

interface Answer {
  readonly status: number;
  readonly date?: Instant;
}

async function post(url: string): Promise<Answer | undefined> {
  try {
    const signal = AbortSignal.timeout(timeoutMs);
    const response = await fetch(url, { method: "POST", body: "{}", redirect: "error", signal });
    await response.body?.cancel();
    const date = Date.parse(response.headers.get("date") ?? "");
    return { status: response.status, ...(Number.isFinite(date) && { date }) };
  } catch {
    return undefined;
  }
}

function said(answer: Answer | undefined, wanted: string): string {
  return answer ? `answers ${answer.status} instead of ${wanted}` : "does not answer";
}
