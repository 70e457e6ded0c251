import { WorldError } from "../../core/errors.ts";

/**
 * The body as text, as long as it stays below the limit; the connection is given up at the first byte above.
 *
 * @throws WorldError when it is too long
 */
export async function readBody(response: Response, maxBytes: number): Promise<string> {
  if (response.body === null) return "";
  const reader = response.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return Buffer.concat(chunks).toString("utf8");
    size += value.byteLength;
    if (size > maxBytes) {
      await reader.cancel().catch(() => undefined);
      throw new WorldError(`the forge's answer is longer than ${maxBytes} bytes`, { retryable: false });
    }
    chunks.push(value);
  }
}
