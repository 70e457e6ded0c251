/** A line by which a step talks to its runner: `::error file=a.ts,line=3::text`. */
export interface WorkflowCommand {
  readonly name: string;
  readonly properties: Readonly<Record<string, string>>;
  readonly value: string;
}

/** @source GitHub Actions, "Workflow commands" */
export function parseCommand(line: string): WorkflowCommand | undefined {
  const text = line.trimStart();
  if (!text.startsWith("::")) return undefined;
  const end = text.indexOf("::", 2);
  if (end < 0) return undefined;
  const head = text.slice(2, end);
  const blank = head.indexOf(" ");
  const name = blank < 0 ? head : head.slice(0, blank);
  if (!/^[a-z-]+$/i.test(name)) return undefined;
  const properties = blank < 0 ? {} : parseProperties(head.slice(blank + 1));
  return { name: name.toLowerCase(), properties, value: unescaped(text.slice(end + 2)) };
}

function parseProperties(text: string): Record<string, string> {
  const properties: Record<string, string> = Object.create(null);
  for (const pair of text.split(",")) {
    const equals = pair.indexOf("=");
    if (equals > 0) properties[pair.slice(0, equals).trim()] = unescaped(pair.slice(equals + 1).trim());
  }
  return properties;
}

const escapes: Readonly<Record<string, string>> = { "%0D": "\r", "%0A": "\n", "%3A": ":", "%2C": ",", "%25": "%" };

function unescaped(text: string): string {
  return text.replace(/%(0D|0A|3A|2C|25)/gi, (code) => escapes[code.toUpperCase()] ?? code);
}
