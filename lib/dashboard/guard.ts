/** Headers of every answer. No inline script, no inline style, nothing from elsewhere, no framing. */
export const securityHeaders: Readonly<Record<string, string>> = {
  "content-security-policy": [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join("; "),
  "x-content-type-options": "nosniff",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "cache-control": "no-store",
};

const loopback = ["localhost", "127.0.0.1", "[::1]"];

/**
 * Is this request addressed to a name of ours? Another name that merely resolves to us (DNS rebinding) would make a foreign
 * site's scripts same-origin with this page.
 *
 * @param names further host names or addresses that the server was told to serve
 */
export function knowsHost(request: Request, names: readonly string[]): boolean {
  const host = request.headers.get("host") ?? new URL(request.url).host;
  const name = host.toLowerCase().replace(/:\d+$/, "");
  return loopback.includes(name) || names.includes(name);
}

/**
 * May this request change something? Only when a page of this very origin sent it. Browsers say so in `Sec-Fetch-Site`,
 * older ones in `Origin`; a request with neither comes from no page, and a program has the command line.
 */
export function isSameOrigin(request: Request): boolean {
  const site = request.headers.get("sec-fetch-site");
  if (site !== null) return site === "same-origin";
  const origin = request.headers.get("origin");
  const host = request.headers.get("host") ?? new URL(request.url).host;
  return origin !== null && URL.canParse(origin) && new URL(origin).host === host;
}
