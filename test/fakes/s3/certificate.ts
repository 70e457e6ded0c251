import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A certificate of this computer's own, which whoever is told of its file believes. */
export interface OwnCertificate {
  readonly file: string;
  readonly key: string;
  readonly cert: string;
  remove(): void;
}

export function ownCertificate(): OwnCertificate {
  const folder = mkdtempSync(join(tmpdir(), "dayfly-certificate-"));
  const [file, keyFile] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const name = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  execFileSync("openssl", ["req", "-x509", ...kind, ...name, "-days", "2", "-keyout", keyFile, "-out", file], {
    stdio: "ignore",
  });
  return {
    file,
    key: readFileSync(keyFile, "utf8"),
    cert: readFileSync(file, "utf8"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
