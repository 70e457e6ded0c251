import { coldStart, type LambdaProcess } from "../lambdas/lambda-process.ts";

/** One function with as many containers as it needs: each answers one event at a time, as on Lambda. */
export interface FunctionPool {
  invoke<T>(event: unknown): Promise<T>;
  logs(): string;
  /** Containers that have been started. */
  readonly size: () => number;
  close(): void;
}

export interface FunctionPlan {
  readonly folder: string;
  readonly handler: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly timeoutMilliseconds: number;
  readonly atMost: number;
}

export function functionPool(plan: FunctionPlan): FunctionPool {
  const { folder, handler, variables, timeoutMilliseconds, atMost } = plan;
  const idle: LambdaProcess[] = [];
  const started: Promise<LambdaProcess>[] = [];
  const ready: LambdaProcess[] = [];
  const waiting: ((container: LambdaProcess) => void)[] = [];

  async function container(): Promise<LambdaProcess> {
    const free = idle.pop();
    if (free) return free;
    if (started.length >= atMost) return new Promise((resolve) => waiting.push(resolve));
    const fresh = coldStart({ folder }, variables, timeoutMilliseconds);
    started.push(fresh);
    const made = await fresh;
    ready.push(made);
    return made;
  }

  return {
    async invoke<T>(event: unknown) {
      const one = await container();
      try {
        return await one.invoke<T>(event, handler);
      } finally {
        const next = waiting.shift();
        if (next) next(one);
        else idle.push(one);
      }
    },
    logs: () => ready.map((one) => one.logs()).join(""),
    size: () => started.length,
    close() {
      for (const one of ready) one.kill();
    },
  };
}
