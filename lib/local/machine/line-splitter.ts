/** Text that comes in pieces, handed on line by line. */
export interface LineSplitter {
  write(chunk: string): void;
  /** Hands on what stands after the last line end. */
  flush(): void;
}

/** A line is cut into pieces of this length: progress bars and binaries know no line ends. */
const maxLineCharacters = 16_384;

export function lineSplitter(take: (line: string) => void): LineSplitter {
  let rest = "";
  function flush(): void {
    if (rest !== "") take(rest);
    rest = "";
  }
  return {
    write(chunk) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) take(line);
      if (rest.length > maxLineCharacters) flush();
    },
    flush,
  };
}
