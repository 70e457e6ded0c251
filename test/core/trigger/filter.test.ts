import { describe, expect, it } from "@jest/globals";
import { type Dialect, github, newestGitea } from "../../../lib/core/dialect.ts";
import { findIncluded, findKept, readPatterns } from "../../../lib/core/trigger/filter.ts";

const gitea127: Dialect = { forge: "gitea", version: [1, 27, 3] };
const dialects = { github, gitea: newestGitea, "gitea 1.27": gitea127 };
type Forge = keyof typeof dialects;

function list(forge: Forge, ...texts: string[]) {
  return readPatterns(
    dialects[forge],
    texts.map((text, i) => ({ text, at: { line: i + 1, column: 1 } })),
  );
}

function fits(forge: Forge, pattern: string, name: string): boolean | string {
  const { patterns, refused } = list(forge, pattern);
  if (refused[0]) return refused[0].kind;
  return findIncluded(patterns, [name], { steps: 1e9 }).kind === "included";
}

function isIn(forge: Forge, patterns: string[], name: string): boolean {
  return findIncluded(list(forge, ...patterns).patterns, [name], { steps: 1e9 }).kind === "included";
}

/** GitHub Actions, "Filter pattern cheat sheet": what each pattern there is said to match. */
const documented: Record<string, string[]> = {
  "feature/*": ["feature/my-branch", "feature/your-branch"],
  "feature/**": ["feature/beta-a/my-branch", "feature/your-branch", "feature/mona/the/octocat"],
  main: ["main"],
  "releases/mona-the-octocat": ["releases/mona-the-octocat"],
  "*": ["main", "releases", "README.md", "server.rb"],
  "**": ["all/the/branches", "every/tag"],
  "*feature": ["mona-feature", "feature", "ver-10-feature"],
  "v2*": ["v2", "v2.0", "v2.9"],
  "v[12].[0-9]+.[0-9]+": ["v1.10.1", "v2.0.0"],
  "*.jsx?": ["page.js", "page.jsx"],
  "*.js": ["app.js", "index.js"],
  "**.js": ["index.js", "js/index.js", "src/js/app.js"],
  "docs/*": ["docs/README.md", "docs/file.txt"],
  "docs/**": ["docs/README.md", "docs/mona/octocat.txt"],
  "docs/**/*.md": ["docs/README.md", "docs/mona/hello-world.md", "docs/a/markdown/file.md"],
  "**/docs/**": ["docs/hello.md", "dir/docs/my-file.txt", "space/docs/plan/space.doc"],
  "**/README.md": ["README.md", "js/README.md"],
  "**/*src/**": ["a/src/app.js", "my-src/code/js/app.js"],
  "**/*-post.md": ["my-post.md", "path/their-post.md"],
  "**/migrate-*.sql": ["migrate-10909.sql", "db/migrate-v1.0.sql", "db/sept/migrate-v1.sql"],
};

const documentedPairs = Object.entries(documented).flatMap(([pattern, names]) =>
  names.map((name) => ({ pattern, name })),
);

describe("the patterns of the documentation", () => {
  it.each(documentedPairs)("$pattern matches $name, in every language", ({ pattern, name }) => {
    for (const forge of Object.keys(dialects) as Forge[]) expect(fits(forge, pattern, name)).toBe(true);
  });

  it.each([
    { patterns: ["*.md", "!README.md"], name: "hello.md", is: true },
    { patterns: ["*.md", "!README.md"], name: "README.md", is: false },
    { patterns: ["*.md", "!README.md"], name: "docs/hello.md", is: false },
    { patterns: ["*.md", "!README.md", "README*"], name: "README.md", is: true },
    { patterns: ["*.md", "!README.md", "README*"], name: "README.doc", is: true },
  ])("$patterns includes $name: $is", ({ patterns, name, is }) => {
    for (const forge of Object.keys(dialects) as Forge[]) expect(isIn(forge, patterns, name)).toBe(is);
  });
});

describe("one pattern", () => {
  it.each([
    { pattern: "main", name: "maintenance", is: false, because: "the whole name has to match" },
    { pattern: "main", name: "Main", is: false, because: "letters differ by case" },
    { pattern: "feature/*", name: "feature/a/b", is: false, because: "* stops at a slash" },
    { pattern: "*", name: ".gitignore", is: true, because: "a leading dot is a character like others" },
    { pattern: "**", name: ".github/workflows/ci.yml", is: true, because: "in folders too" },
    { pattern: "docs/**", name: "docs", is: false, because: "the slash has to be there" },
    { pattern: "colou?r", name: "color", is: true, because: "? makes what stands before it optional" },
    { pattern: "colou?r", name: "colouXr", is: false, because: "? is no wildcard" },
    { pattern: "ab+c", name: "abbbc", is: true, because: "+ repeats what stands before it" },
    { pattern: "ab+c", name: "ac", is: false, because: "+ wants it at least once" },
    { pattern: "v[0-9]", name: "v10", is: false, because: "a class is one character" },
    { pattern: "a.c", name: "abc", is: false, because: "a dot is a dot" },
    { pattern: "a(b|c)$", name: "a(b|c)$", is: true, because: "so are all other signs" },
    { pattern: "\\*", name: "*", is: true, because: "a backslash makes signs plain" },
    { pattern: "\\*", name: "a", is: false, because: "and nothing but plain" },
    { pattern: "a!b", name: "a!b", is: true, because: "! means something at the start only" },
    { pattern: "😀+", name: "😀😀", is: true, because: "a character is a code point, not half of one" },
    { pattern: "é?a", name: "a", is: true, because: "outside ASCII too" },
    { pattern: "**a**a**b", name: `${"a".repeat(500)}b`, is: true, because: "length is no matter" },
    { pattern: "a**/b", name: "ab", is: true, because: "the folders are optional" },
    { pattern: "a/**/b", name: "a//b", is: false, because: "a folder has a name" },
  ])("$pattern and $name → $is on every forge before Gitea 1.27: $because", ({ pattern, name, is }) => {
    for (const forge of ["github", "gitea"] as const) expect(fits(forge, pattern, name)).toBe(is);
  });

  it.each([
    { pattern: "?a", github: "invalid", gitea: "?a", because: "Gitea takes a first ? literally" },
    { pattern: "+a", github: "invalid", gitea: "+a", because: "and a first +" },
    { pattern: "a**", github: "ax", gitea: "ax", because: "** needs no slash around it" },
    { pattern: "*?", github: "invalid", gitea: "a", because: "Go takes it for a lazy star" },
    { pattern: "a??", github: "invalid", gitea: "a", because: "and this for a lazy option" },
    { pattern: "a++", github: "invalid", gitea: "invalid", because: "but twice + is too much" },
    { pattern: "**+", github: "invalid", gitea: "invalid", because: "also behind a star" },
    { pattern: "[", github: "invalid", gitea: "invalid", because: "brackets have to be closed" },
    { pattern: "[]", github: "invalid", gitea: "invalid", because: "and hold something" },
    { pattern: "[0-]", github: "invalid", gitea: "invalid", because: "ranges have two ends" },
    { pattern: "[9-0]", github: "invalid", gitea: "invalid", because: "the lower one first" },
    { pattern: "[.]", github: "unsettled", gitea: "invalid", because: "a dot in brackets" },
    { pattern: "[A-z]", github: "unsettled", gitea: "_", because: "bytes between A and z" },
    { pattern: "[_]", github: "unsettled", gitea: "_", because: "one of them alone" },
    { pattern: "\\a", github: "unsettled", gitea: "a", because: "a backslash before a letter" },
    { pattern: "a\\", github: "unsettled", gitea: "invalid", because: "a backslash at the end" },
    { pattern: "", github: "invalid", gitea: "", because: "nothing at all" },
  ])("$pattern: $because", ({ pattern, github: onGithub, gitea }) => {
    const refusals = ["invalid", "unsettled"];
    expect(fits("github", pattern, onGithub)).toBe(refusals.includes(onGithub) ? onGithub : true);
    expect(fits("gitea", pattern, gitea)).toBe(refusals.includes(gitea) ? gitea : true);
  });

  it.each([
    { pattern: "**/a", name: "ba", is: true, because: "folders need no slash at their end any more" },
    { pattern: "!**/a", name: "a", is: false, because: "behind a ! they are not at the start" },
    { pattern: "{a,b}/c", name: "b/c", is: true, because: "alternatives" },
    { pattern: "{a,{b,c}}", name: "c", is: true, because: "in each other" },
    { pattern: "[!a]", name: "b", is: true, because: "negated classes" },
    { pattern: "[!a]", name: "a", is: false, because: "that mean it" },
    { pattern: "a{", name: "a", is: "invalid", because: "an open brace" },
    { pattern: "?a", name: "a", is: "unsettled", because: "a quantifier of nothing" },
    { pattern: "\\d", name: "1", is: "unsettled", because: "a regular expression in disguise" },
  ])("$pattern and $name → $is in Gitea 1.27: $because", ({ pattern, name, is }) => {
    const { patterns, refused } = list("gitea 1.27", pattern);
    const found = refused[0]?.kind ?? patterns[0]?.matches(name, { steps: 1000 });
    expect(found).toBe(is);
  });

  it("passes a line end on GitHub and stops at it in Gitea", () => {
    expect(fits("github", "docs/**", "docs/a\nb")).toBe(true);
    expect(fits("gitea", "docs/**", "docs/a\nb")).toBe(false);
    expect(fits("gitea", "docs/*", "docs/a\nb")).toBe(true);
    expect(fits("gitea", "**/*/b", "a\n/c/b")).toBe(false);
  });
});

describe("a list of patterns", () => {
  it.each([
    { given: ["**", "!wip/**"], name: "wip/x", is: false, because: "the last match decides" },
    { given: ["**", "!wip/**", "wip/x"], name: "wip/x", is: true, because: "and can include again" },
    { given: ["!wip/**", "**"], name: "wip/x", is: true, because: "order matters" },
    { given: ["!wip/**"], name: "main", is: false, because: "nothing lets it in" },
  ])("$given includes $name: $is, $because", ({ given, name, is }) => {
    expect(isIn("gitea", given, name)).toBe(is);
  });

  it.each([
    { given: ["docs/**", "*.md"], names: ["docs/a", "b.md"], kept: undefined, because: "each is ignored by one" },
    { given: ["docs/**"], names: ["docs/a", "src/b"], kept: "src/b", because: "one is not" },
    { given: ["!docs/**"], names: ["src/a"], kept: undefined, because: "a ! ignores all that it does not fit" },
    { given: ["!docs/**"], names: ["docs/a"], kept: "docs/a", because: "and keeps the rest" },
    { given: ["!docs/**", "docs/a"], names: ["docs/a"], kept: undefined, because: "whatever the order" },
  ])("$given ignores $names but $kept: $because", ({ given, names, kept }) => {
    const found = findKept(list("gitea", ...given).patterns, names, { steps: 1e9 });
    expect(found).toMatchObject(kept === undefined ? { kind: "all-ignored" } : { kind: "kept", name: kept });
  });

  it("tells the pattern that threw a name out", () => {
    const found = findIncluded(list("gitea", "**", "!wip/**").patterns, ["wip/x"], { steps: 1e9 });
    expect(found).toMatchObject({
      kind: "none",
      excluded: { name: "wip/x", by: { text: "!wip/**", at: { line: 2 } } },
    });
  });

  it("stops when the work is used up, and says so", () => {
    const { patterns } = list("gitea", ..."abcdefgh".split("").map((a) => `**${a}**${a}**x*`));
    const names = Array.from({ length: 100 }, (_, i) => `${"abcdefgh".repeat(30)}${i}y`);
    expect(findIncluded(patterns, names, { steps: 10_000 }).kind).toBe("too-much");
    expect(findKept(patterns, names, { steps: 5_000 }).kind).toBe("too-much");
  });
});
