import { join, relative } from "node:path";
import { shellQuoted } from "../forge/setup-files.ts";

interface Shown {
  readonly url: string;
  /** Folder of the local world. */
  readonly state: string;
  /** Clone of the demo project, where there is one. */
  readonly clone?: string;
  /** Folder that the person is in. */
  readonly folder: string;
}

/** What to try next, each as a line that can be copied. */
export function startHints({ url, state, clone, folder }: Shown): readonly string[] {
  const path = (target: string) => shellQuoted(shorter(relative(folder, target), target));
  const again = clone
    ? [
        "Push again, another file:",
        `  echo '# More' >> ${path(join(clone, "docs", "guide.md"))} && git -C ${path(clone)} commit -am 'Say more' && git -C ${path(clone)} push`,
      ]
    : [];
  return [
    ...again,
    "Push a repository of your own (run this in it):",
    `  git push ${shellQuoted(join(state, "repositories", "yours.git"))} HEAD:main`,
    "Ask in any checkout what a push would start, and why:",
    "  npx dayfly explain",
    "Look at runs and at what is live where, here or on the page:",
    "  npx dayfly runs",
    "  npx dayfly env",
    `  ${url}/`,
  ];
}

function shorter(a: string, b: string): string {
  return a !== "" && a.length <= b.length ? a : b;
}
