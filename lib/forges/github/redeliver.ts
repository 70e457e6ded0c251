import * as z from "zod/mini";
import type { Instant } from "../../core/event.ts";
import { Id } from "../../core/webhook/webhook-request.ts";
import type { GithubClient } from "./api.ts";

const Deliveries = z.array(
  z.object({ id: Id, guid: z.string(), delivered_at: z.string(), status_code: z.int(), event: z.string() }),
);
type Delivery = z.infer<typeof Deliveries>[number];

const acted = new Set(["push", "pull_request", "workflow_job"]);
/** For one pass of the sweep; the next one takes the rest. */
const MAX_ATTEMPTS = 50;
/** The newest ones; GitHub keeps more, and hands over the next page by a cursor. */
const PAGE = 100;

/**
 * Asks GitHub to send again what did not arrive since then. A delivery that has arrived by now, under the same guid, is left alone.
 *
 * GitHub never does that by itself. The delivery comes in by the webhook, signed like any other.
 */
export async function redeliverFailed(app: GithubClient, since: Instant): Promise<void> {
  const query = { per_page: `${PAGE}` };
  const recent = await app.read({ method: "GET", path: "/app/hook/deliveries", query, shape: Deliveries });
  const arrived = new Set(recent.filter(isAccepted).map(({ guid }) => guid));
  const lost = new Map<string, string>();
  for (const delivery of recent) {
    const wanted = acted.has(delivery.event) && Date.parse(delivery.delivered_at) >= since;
    if (wanted && !arrived.has(delivery.guid)) lost.set(delivery.guid, delivery.id);
  }
  for (const id of [...lost.values()].slice(0, MAX_ATTEMPTS)) {
    await app.send({
      method: "POST",
      path: "/app/hook/deliveries/{delivery_id}/attempts",
      params: { delivery_id: id },
      shape: z.unknown(),
      // Too old by now, or just asked for.
      tolerates: [400, 404, 422],
    });
  }
}

function isAccepted({ status_code }: Delivery): boolean {
  return status_code >= 200 && status_code < 300;
}
