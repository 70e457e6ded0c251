// Lambda's runtime in small: loads one bundle as CommonJS, then answers one event after the other over IPC.
const { join } = require("node:path");

const started = process.hrtime.bigint();
const used = process.cpuUsage();
let handlers;
try {
  handlers = require(join(process.env.LAMBDA_TASK_ROOT, "index.js"));
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  const { user, system } = process.cpuUsage(used);
  process.send({ kind: "started", milliseconds, processorMilliseconds: (user + system) / 1e3 });
} catch (error) {
  process.send({ kind: "failed", message: error.message });
}

process.on("message", async ({ id, name, event, timeoutMilliseconds }) => {
  const until = Date.now() + timeoutMilliseconds;
  const context = { awsRequestId: id, functionName: name, getRemainingTimeInMillis: () => until - Date.now() };
  try {
    process.send({ kind: "answer", id, result: await handlers[name](event, context) });
  } catch (error) {
    process.send({ kind: "error", id, message: error.message });
  }
});
