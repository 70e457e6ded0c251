import { operationOf, sampleOf } from "./openapi.ts";
import type { Answering, Asked, Route } from "./routes.ts";

export interface FakeHook {
  readonly id: number;
  /** `acme/shop`, or `acme` for an organisation's. */
  readonly place: string;
  active: boolean;
  events: string[];
  config: Record<string, unknown>;
  /** Newest first. */
  readonly deliveries: Record<string, unknown>[];
}

/** Hooks of repositories and of organisations: the same five operations. */
export const hookRoutes: Readonly<Record<string, Route>> = Object.fromEntries(
  ["/repos/{owner}/{repo}/hooks", "/orgs/{org}/hooks"].flatMap((path) => [
    [`GET ${path}`, list],
    [`POST ${path}`, create],
    [`PATCH ${path}/{hook_id}`, change],
    [`GET ${path}/{hook_id}/deliveries`, deliveries],
    [`POST ${path}/{hook_id}/pings`, ping],
  ]),
);

function placeOf({ params }: Asked): string {
  return params.org ?? `${params.owner}/${params.repo}`;
}

function shown({ place: _place, deliveries: _deliveries, ...hook }: FakeHook): Record<string, unknown> {
  return hook;
}

function sampleOfList(path: string): Record<string, unknown> {
  const items = operationOf("GET", path)?.operation.answers["200"]?.items ?? {};
  return sampleOf(items) as Record<string, unknown>;
}

function list(asked: Asked): Answering {
  const hooks = asked.state.hooks.filter(({ place }) => place === placeOf(asked));
  const sample = sampleOfList(asked.params.org ? "/orgs/acme/hooks" : "/repos/acme/shop/hooks");
  return { status: 200, value: hooks.map((hook) => ({ ...sample, ...shown(hook) })) };
}

function create(asked: Asked): Answering {
  const { active, events, config } = asked.body as FakeHook;
  const hook = { id: ++asked.state.nextId, place: placeOf(asked), active, events, config, deliveries: [] };
  asked.state.hooks.push(hook);
  return { status: 201, value: shown(hook) };
}

function found(asked: Asked): FakeHook | undefined {
  return asked.state.hooks.find(({ id, place }) => `${id}` === asked.params.hook_id && place === placeOf(asked));
}

function change(asked: Asked): Answering {
  const hook = found(asked);
  return hook ? { status: 200, value: shown(Object.assign(hook, asked.body)) } : { status: 404 };
}

function deliveries(asked: Asked): Answering {
  const hook = found(asked);
  if (!hook) return { status: 404 };
  const sample = sampleOfList("/repos/acme/shop/hooks/1/deliveries");
  return { status: 200, value: hook.deliveries.map((delivery) => ({ ...sample, ...delivery })) };
}

function ping(asked: Asked): Answering {
  const { state } = asked;
  found(asked)?.deliveries.unshift({ id: ++state.nextId, event: "ping", status_code: state.hookAnswer });
  return { status: 204 };
}
