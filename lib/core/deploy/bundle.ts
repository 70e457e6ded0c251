/** The files of a release that has no image, in one gzipped tar: known by the app and by what they are. */
export interface Bundle {
  readonly app: string;
  /** `sha256:` and 64 hex digits, of the file as it is. */
  readonly digest: string;
}

/** deployctl takes no larger one (target-host/rootfs/opt/dayfly/lib/bundle.sh). */
export const MAX_BUNDLE_BYTES = 100 * 1024 * 1024;

/** Where a bundle lies: chosen by us alone, from words that have passed their grammar. */
export function bundlePath({ app, digest }: Bundle): string {
  return `bundles/${app}/${digest.replace("sha256:", "")}.tar.gz`;
}
