export interface LogLine {
  readonly at: string;
  readonly kind: "step" | "error" | "warning" | "plain";
  readonly text: string;
}
export function readLogLine(line: string, start: number): LogLine | undefined;
