/** Names and values of an EC2 Query request, as the tree that they spell: `A.1.B=x` is `{ A: [{ B: "x" }] }`. */
export type Query = { readonly [name: string]: Query | string };

export function readQuery(body: string): Query {
  const root: Record<string, unknown> = {};
  for (const [name, value] of new URLSearchParams(body)) {
    const path = name.split(".");
    let node = root;
    for (const step of path.slice(0, -1)) {
      node[step] ??= {};
      node = node[step] as Record<string, unknown>;
    }
    node[path.at(-1) as string] = value;
  }
  return root as Query;
}

/** Members of a list in their order. */
export function list(query: Query | undefined, name: string): readonly Query[] {
  return Object.values(query?.[name] ?? {}) as unknown as Query[];
}

export function text(query: Query | undefined, name: string): string {
  const found = query?.[name];
  return typeof found === "string" ? found : "";
}

export function tree(query: Query | undefined, name: string): Query | undefined {
  const found = query?.[name];
  return typeof found === "string" ? undefined : found;
}

/** A value as XML: arrays become `item` elements, undefined is left out. */
export function toXml(value: unknown): string {
  if (Array.isArray(value)) return value.map((item) => `<item>${toXml(item)}</item>`).join("");
  if (value !== null && typeof value === "object") {
    return Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([name, member]) => `<${name}>${toXml(member)}</${name}>`)
      .join("");
  }
  return String(value).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
