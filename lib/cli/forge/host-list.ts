import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";

/** Word of Gitea's [webhook] ALLOWED_HOST_LIST → the addresses that it stands for, in every version since 1.22. */
const words: readonly (readonly [word: string, ranges: readonly (readonly [network: string, bits: number])[]])[] = [
  [
    "loopback",
    [
      ["127.0.0.0", 8],
      ["::1", 128],
    ],
  ],
  [
    "private",
    [
      ["10.0.0.0", 8],
      ["172.16.0.0", 12],
      ["192.168.0.0", 16],
      ["fc00::", 7],
    ],
  ],
  // Newer versions count these as private, older ones do not: the range itself is right for both.
  ["100.64.0.0/10", [["100.64.0.0", 10]]],
  ["169.254.0.0/16", [["169.254.0.0", 16]]],
  ["fe80::/10", [["fe80::", 10]]],
];

/** What Gitea's ALLOWED_HOST_LIST must hold before it sends to this address; `external` stands there by default. */
export function hostListWord(address: string): string {
  const family = isIP(address) === 6 ? "ipv6" : "ipv4";
  for (const [word, ranges] of words) {
    const list = new BlockList();
    for (const [network, bits] of ranges) list.addSubnet(network, bits, isIP(network) === 6 ? "ipv6" : "ipv4");
    if (list.check(address, family)) return word;
  }
  return "external";
}

/** The words for all addresses of a URL's host, as this computer finds them; empty where it finds none. */
export async function hostListWords({ hostname }: URL): Promise<readonly string[]> {
  const bare = hostname.replace(/^\[|\]$/g, "");
  const found = await lookup(bare, { all: true }).catch(() => []);
  return [...new Set(found.map(({ address }) => hostListWord(address)))].sort();
}
