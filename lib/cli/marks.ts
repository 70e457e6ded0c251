import type { Line, Mark } from "../core/report/explain.ts";
import { printable, type Style, type Terminal } from "./terminal.ts";

const styles: Readonly<Record<Mark, Style>> = {
  run: "green",
  launch: "green",
  wait: "cyan",
  skip: "dim",
  undecided: "yellow",
  invalid: "red",
  quiet: "dim",
  title: "bold",
};

/** Prints lines whose pieces say what they mean. Their text comes from foreign files: control characters become visible. */
export function printLines(terminal: Terminal, lines: readonly Line[]): void {
  for (const line of lines) {
    const painted = line.map(({ text, mark }) => {
      const safe = printable(text);
      return mark ? terminal.paint(styles[mark], safe) : safe;
    });
    terminal.print(painted.join("").trimEnd());
  }
}
