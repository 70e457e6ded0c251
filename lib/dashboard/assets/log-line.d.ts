export function readLogLine(line: string, start: number): { readonly at: string; readonly text: string };
