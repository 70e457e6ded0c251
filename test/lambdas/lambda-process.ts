import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import type { Clock } from "../../lib/core/ports.ts";
import type { Bundled } from "./bundled.ts";

const runtime = fileURLToPath(new URL("runtime.cjs", import.meta.url));

/** One container of a function: a process of its own, with its own environment. */
export interface LambdaProcess {
  /** Milliseconds from loading the code to being ready. */
  readonly startMilliseconds: number;
  /** The same in processor time, which a busy computer stretches less. */
  readonly startProcessorMilliseconds: number;
  /** Processor time from loading the code to the last answer. */
  usedMilliseconds(): number;
  invoke<T>(event: unknown, name?: string): Promise<T>;
  /** Its process has not ended. */
  isAlive(): boolean;
  /** What it has written so far. */
  logs(): string;
  /** Ends it, whatever it is doing. */
  kill(): void;
}

export interface ProcessOptions {
  readonly timeoutMilliseconds?: number;
  /** What its code takes for the time. */
  readonly clock?: Clock;
}

type Reply =
  | { kind: "started"; milliseconds: number; processorMilliseconds: number }
  | { kind: "failed"; message: string }
  | { kind: "answer"; id: string; result: unknown; processorMilliseconds: number }
  | { kind: "error"; id: string; message: string };

/** @throws Error with the code's own message where it does not start */
export async function coldStart(
  { folder }: Pick<Bundled, "folder">,
  variables: Readonly<Record<string, string>>,
  { timeoutMilliseconds = 30_000, clock = { now: Date.now } }: ProcessOptions = {},
): Promise<LambdaProcess> {
  const env = {
    PATH: process.env.PATH,
    AWS_REGION: "eu-test-1",
    AWS_ACCESS_KEY_ID: "AKIAFAKE",
    AWS_SECRET_ACCESS_KEY: "fake",
    NODE_NO_WARNINGS: "1",
    LAMBDA_TASK_ROOT: folder,
    ...variables,
  };
  const child = fork(runtime, { env, execArgv: [], stdio: ["ignore", "pipe", "pipe", "ipc"] });
  const outputs = [child.stdout, child.stderr].flatMap((stream) => (stream ? [collected(stream)] : []));
  const first = await nextReply(child, () => true);
  if (first.kind !== "started") {
    child.kill();
    throw new Error(first.kind === "failed" ? first.message : `unexpected ${first.kind}`);
  }
  let counter = 0;
  let used = first.processorMilliseconds;
  return {
    startMilliseconds: first.milliseconds,
    startProcessorMilliseconds: first.processorMilliseconds,
    usedMilliseconds: () => used,
    async invoke<T>(event: unknown, name = "handler") {
      const id = `request-${++counter}`;
      const reply = nextReply(child, (one) => "id" in one && one.id === id);
      child.send({ id, name, event, timeoutMilliseconds, millisecondsAhead: clock.now() - Date.now() });
      const answer = await reply;
      for (const output of outputs) await output.until(`END RequestId: ${id}\n`);
      if (answer.kind !== "answer")
        throw new Error(answer.kind === "error" ? answer.message : "the function went away");
      used = answer.processorMilliseconds;
      return answer.result as T;
    },
    isAlive: () => child.exitCode === null && child.signalCode === null,
    logs: () => outputs.map((output) => output.text()).join(""),
    kill: () => void child.kill("SIGKILL"),
  };
}

/** What a stream brings, from now on. */
function collected(stream: Readable) {
  let text = "";
  stream.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
  });
  return {
    text: () => text,
    async until(mark: string): Promise<void> {
      while (!text.includes(mark)) await once(stream, "data");
    },
  };
}

function nextReply(child: ChildProcess, wanted: (reply: Reply) => boolean): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const heard = (reply: Reply) => {
      if (wanted(reply)) settle(() => resolve(reply));
    };
    const ended = () => settle(() => reject(new Error("the function's process has ended")));
    const settle = (done: () => void) => {
      child.off("message", heard);
      child.off("exit", ended);
      done();
    };
    child.on("message", heard);
    child.on("exit", ended);
  });
}
