import { createHmac, randomUUID } from "node:crypto";

export interface SentDelivery {
  readonly event: string;
  readonly status: number;
  readonly answer: string;
}

export interface HookSender {
  /** What the receiver has answered, in order. */
  readonly sent: readonly SentDelivery[];
  /** Where to: known only once the receiver stands. */
  address: string;
  send(event: string, payload: object): Promise<number>;
  /** The same bytes, headers and delivery id again, as a forge's "redeliver" does. */
  again(): Promise<number>;
}

/** Sends webhooks as that forge does: the headers that its own deliveries carry, signed over the body's bytes. */
export function hookSender(kind: "gitea" | "github", secret: string): HookSender {
  const sent: SentDelivery[] = [];
  let last: { event: string; headers: Record<string, string>; body: string } | undefined;

  async function post(delivery: NonNullable<typeof last>): Promise<number> {
    last = delivery;
    const { event, headers, body } = delivery;
    const response = await fetch(sender.address, { method: "POST", headers, body });
    sent.push({ event, status: response.status, answer: await response.text() });
    return response.status;
  }

  const sender: HookSender = {
    sent,
    address: "",
    send(event, payload) {
      const body = JSON.stringify(payload);
      const digest = createHmac("sha256", secret).update(body).digest("hex");
      const id = randomUUID();
      const github = {
        "content-type": "application/json",
        "x-github-event": event,
        "x-github-delivery": id,
        "x-hub-signature-256": `sha256=${digest}`,
      };
      const gitea = {
        "x-gitea-event": event,
        "x-gitea-event-type": event,
        "x-gitea-delivery": id,
        "x-gitea-signature": digest,
      };
      return post({ event, headers: { ...github, ...(kind === "gitea" && gitea) }, body });
    },
    async again() {
      if (!last) throw new Error("nothing has been sent yet");
      return post(last);
    },
  };
  return sender;
}
