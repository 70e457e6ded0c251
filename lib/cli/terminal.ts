import { styleText } from "node:util";

/** Where a command answers: results go to stdout, talk goes to stderr, so that pipes get results only. */
export interface Terminal {
  /** One result, as a line. */
  print(line?: string): void;
  /** A piece of a result as it is, without a line end. */
  write(text: string): void;
  /** One line of talk: progress, hints, errors. */
  say(line?: string): void;
  /** Styled for stdout where that is a colour terminal, else the text itself. */
  paint(style: Style, text: string): string;
  /** The same for stderr. */
  tint(style: Style, text: string): string;
  /** Columns of stdout; without end where it is no terminal. */
  readonly columns: number;
  /** Is a person looking at stderr? Only then do progress lines overwrite themselves. */
  readonly interactive: boolean;
}

export type Style = "bold" | "dim" | "green" | "red" | "yellow" | "blue" | "cyan";

interface Screen {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Environment = Readonly<Record<string, string | undefined>>;

export function terminal(stdout: Screen, stderr: Screen, environment: Environment): Terminal {
  return {
    print: (line = "") => void stdout.write(`${line}\n`),
    write: (text) => void stdout.write(text),
    say: (line = "") => void stderr.write(`${line}\n`),
    paint: painter(stdout, environment),
    tint: painter(stderr, environment),
    columns: stdout.isTTY === true ? stdout.columns || 80 : Number.POSITIVE_INFINITY,
    interactive: stderr.isTTY === true,
  };
}

/** https://no-color.org: any non-empty NO_COLOR switches colours off; FORCE_COLOR is for logs that can show them. */
function painter(screen: Screen, environment: Environment): (style: Style, text: string) => string {
  const wanted = screen.isTTY === true || Boolean(environment.FORCE_COLOR);
  const colours = wanted && !environment.NO_COLOR && environment.TERM !== "dumb";
  return (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text);
}

/**
 * Text of others for a terminal: control characters, which could move the cursor or retitle the window, become visible.
 * Line ends stay where `lines` is true.
 */
export function printable(text: string, { lines = false } = {}): string {
  const visible = (character: string) => {
    if (lines && character === "\n") return character;
    if (character === "\t") return character;
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  };
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for.
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g, visible);
}
