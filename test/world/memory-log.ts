import type { Facts, Log } from "../../lib/core/ports.ts";

export interface MemoryLog extends Log {
  readonly lines: readonly LogLine[];
}

export interface LogLine {
  readonly level: "info" | "warn" | "error";
  readonly message: string;
  readonly facts: Facts;
}

export function memoryLog(): MemoryLog {
  const lines: LogLine[] = [];
  function at(level: LogLine["level"]) {
    return (message: string, facts: Facts = {}) => {
      lines.push({ level, message, facts });
    };
  }
  return { lines, info: at("info"), warn: at("warn"), error: at("error") };
}
