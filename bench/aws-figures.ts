/** What bench/lambdas.json holds: milliseconds, the least and the middle of many. */
export interface LambdaFigures {
  readonly machine: string;
  readonly date: string;
  readonly starts: number;
  readonly events: number;
  /** A handler that does nothing. */
  readonly floor: { readonly start: Spread; readonly processor: Spread };
  readonly functions: readonly {
    readonly name: string;
    readonly does: string;
    readonly bytes: { readonly raw: number; readonly zipped: number };
    readonly start: Spread;
    readonly processor: Spread;
    /** Processor time of the start and one event together. */
    readonly first: Spread;
    readonly event: Spread;
  }[];
}

interface Spread {
  readonly least: number;
  readonly middle: number;
}

/** What bench/aws-calls.json holds: calls by step of one push, and by operation. */
export type CallFigures = Readonly<Record<string, Readonly<Record<string, number>>>>;

export const figuresBegin = "<!-- generated: npm run bench:figures -->";
export const figuresEnd = "<!-- end of what is generated -->";

/** The part of docs/benchmarks.md about AWS. */
export function awsFigures(lambdas: LambdaFigures, calls: CallFigures): string {
  const { machine, date, starts, events, floor, functions } = lambdas;
  const sizes = functions.map(
    ({ name, bytes, start, processor, first, event }) =>
      `| ${name} | ${kilobytes(bytes.raw)} | ${kilobytes(bytes.zipped)} | ${[start, processor, first, event].map(pair).join(" | ")} |`,
  );
  const operations = [...new Set(Object.values(calls).flatMap((counts) => Object.keys(counts)))].sort();
  const steps = Object.keys(calls);
  const rows = operations.map((operation) => {
    const cells = steps.map((step) => calls[step]?.[operation] ?? "");
    return `| ${operation} | ${cells.join(" | ")} |`;
  });
  return `${figuresBegin}

## The functions on AWS

\`npm run bench:lambdas\` on ${machine}, ${date}: ${starts} fresh processes and ${events} events each. Least · middle, in milliseconds:
the least is what the code costs, the middle what this computer added. A start loads the bundle as Lambda does and ends when the
handler could be called; Node's own start is not in it, and the first row is its floor, a handler that does nothing. What the first event
loads late is in "start and first event". A later event is timed from outside the process, with its calls to a stub on loopback. An event of ${functions
    .map(({ name, does }) => `${name}: ${does}`)
    .join("; of ")}.

| function | KB | KB zipped | start | start, processor time | start and first event, processor time | later event |
|---|---|---|---|---|---|---|
| nothing at all | 0.0 | 0.0 | ${pair(floor.start)} | ${pair(floor.processor)} | | |
${sizes.join("\n")}

## AWS calls of one push

\`UPDATE=1 npm run test:aws -- calls\`: the uploaded functions, warm, one Gitea push of one job, each step until all messages are
handled. The webhook makes one of each step's \`sqs SendMessage\`; SQS bills receiving and deleting each message beside.

| call | ${steps.join(" | ")} |
|---|${steps.map(() => "---|").join("")}
${rows.join("\n")}

${figuresEnd}`;
}

function kilobytes(bytes: number): string {
  return (bytes / 1000).toFixed(1);
}

function pair({ least, middle }: Spread): string {
  return `${least.toFixed(1)} · ${middle.toFixed(1)}`;
}
