import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import type { Facts, Log } from "../lib/core/ports.ts";
import { countedMessages, metricNamespace } from "./metric-names.ts";

/** The log of a function, and what it counts: some messages are metrics as well (metric-names.ts). */
export interface CountingLog extends Log {
  /** Writes what was counted; to be called at the end of each invocation. */
  flush(): void;
}

export function countingLog(lambda: string, stack: string): CountingLog {
  const logger = new Logger({ serviceName: stack, persistentKeys: { lambda } });
  const metrics = new Metrics({ namespace: metricNamespace, serviceName: stack });
  const count = (message: string, facts: Facts) => {
    for (const { metric, value } of countedMessages[message] ?? []) {
      const counted = value(facts);
      if (counted > 0) metrics.addMetric(metric, "Count", counted);
    }
  };
  return {
    info: (message, facts = {}) => {
      count(message, facts);
      logger.info(message, { ...facts });
    },
    warn: (message, facts = {}) => logger.warn(message, { ...facts }),
    error: (message, facts = {}) => logger.error(message, { ...facts }),
    flush: () => {
      // Without anything counted there is nothing to write, which is no reason to warn.
      if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
    },
  };
}
