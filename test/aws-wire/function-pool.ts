import type { Clock } from "../../lib/core/ports.ts";
import { coldStart, type LambdaProcess } from "../lambdas/lambda-process.ts";

/** One function with as many containers as it needs: each answers one event at a time, as on Lambda. */
export interface FunctionPool {
  invoke<T>(event: unknown): Promise<T>;
  logs(): string;
  /** Containers that have been started. */
  readonly size: () => number;
  /** Events that have not been answered yet. */
  readonly busy: () => number;
  /** Ends a container in the middle of whatever it does; its event fails, and the next one gets a fresh container. */
  kill(container: string): void;
  close(): void;
}

export interface FunctionPlan {
  readonly id: string;
  readonly folder: string;
  readonly handler: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds: number;
  readonly atMost: number;
  readonly clock: Clock;
}

/** Each container has a session token of its own, as on Lambda: it is its name on the wire. */
export function functionPool(plan: FunctionPlan): FunctionPool {
  const { id, folder, handler, timeoutMilliseconds, atMost, clock } = plan;
  const started = new Map<string, LambdaProcess>();
  const idle: LambdaProcess[] = [];
  const waiting: (() => void)[] = [];
  let counter = 0;
  let taken = 0;
  let busy = 0;

  async function seat(): Promise<void> {
    if (taken < atMost) taken++;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    const next = waiting.shift();
    if (next) next();
    else taken--;
  }

  async function fresh(): Promise<LambdaProcess> {
    const name = `${id}/${++counter}`;
    const variables = { ...plan.variables, AWS_SESSION_TOKEN: name };
    const made = await coldStart({ folder }, variables, { timeoutMilliseconds, clock });
    started.set(name, made);
    return made;
  }

  return {
    async invoke<T>(event: unknown) {
      busy++;
      await seat();
      let one: LambdaProcess | undefined;
      try {
        one = idle.pop() ?? (await fresh());
        return await one.invoke<T>(event, handler);
      } finally {
        if (one?.isAlive()) idle.push(one);
        leave();
        busy--;
      }
    },
    logs: () => [...started.values()].map((one) => one.logs()).join(""),
    size: () => started.size,
    busy: () => busy,
    kill: (name) => started.get(name)?.kill(),
    close() {
      for (const one of started.values()) one.kill();
    },
  };
}
