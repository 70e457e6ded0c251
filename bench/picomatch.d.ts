/** It ships no types; the benchmark needs one call of it. */
declare module "picomatch" {
  type Compile = (pattern: string, options?: Readonly<Record<string, boolean>>) => (name: string) => boolean;
  const picomatch: Compile;
  export = picomatch;
}
