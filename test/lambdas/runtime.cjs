// Lambda's runtime in small: loads one bundle as CommonJS, then answers one event after the other over IPC.
const { join } = require("node:path");

// Tests let time pass: the code's clock is ahead of the real one by so many milliseconds.
let ahead = 0;
const RealDate = Date;
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    super(...(parts.length === 0 ? [RealDate.now() + ahead] : parts));
  }
  static now() {
    return RealDate.now() + ahead;
  }
};

const started = process.hrtime.bigint();
const before = process.cpuUsage();
const used = () => {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e3;
};
let handlers;
try {
  handlers = require(join(process.env.LAMBDA_TASK_ROOT, "index.js"));
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  process.send({ kind: "started", milliseconds, processorMilliseconds: used() });
} catch (error) {
  process.send({ kind: "failed", message: error.message });
}

process.on("message", async ({ id, name, event, timeoutMilliseconds, millisecondsAhead }) => {
  ahead = millisecondsAhead;
  const until = RealDate.now() + timeoutMilliseconds;
  const context = { awsRequestId: id, functionName: name, getRemainingTimeInMillis: () => until - RealDate.now() };
  const reply = await Promise.resolve()
    .then(() => handlers[name](event, context))
    .then(
      (result) => ({ kind: "answer", id, result, processorMilliseconds: used() }),
      (error) => ({ kind: "error", id, message: error.message }),
    );
  // As Lambda's log has it. Pipes and channel race each other; by this line the other side knows that it has read all before.
  for (const stream of [process.stdout, process.stderr]) stream.write(`END RequestId: ${id}\n`);
  process.send(reply);
});
