import { expect, it } from "@jest/globals";
import { hostListWord, hostListWords } from "../../../lib/cli/forge/host-list.ts";

it.each([
  { address: "127.0.0.1", word: "loopback" },
  { address: "127.8.8.8", word: "loopback" },
  { address: "::1", word: "loopback" },
  { address: "10.0.0.7", word: "private" },
  { address: "172.16.0.1", word: "private" },
  { address: "172.32.0.1", word: "external" },
  { address: "192.168.1.5", word: "private" },
  { address: "fd00::7", word: "private" },
  { address: "100.64.0.1", word: "100.64.0.0/10" },
  { address: "169.254.1.1", word: "169.254.0.0/16" },
  { address: "fe80::1", word: "fe80::/10" },
  { address: "203.0.114.9", word: "external" },
  { address: "2606:4700::1", word: "external" },
])("Gitea sends to $address where ALLOWED_HOST_LIST holds $word", ({ address, word }) => {
  expect(hostListWord(address)).toBe(word);
});

it.each([
  { url: "http://localhost:4321/webhook/gitea", words: ["loopback"] },
  { url: "http://[::1]:4321/webhook/gitea", words: ["loopback"] },
  { url: "http://192.168.1.5/webhook/gitea", words: ["private"] },
])("the host of $url asks for $words", async ({ url, words }) => {
  expect(await hostListWords(new URL(url))).toEqual(words);
});
