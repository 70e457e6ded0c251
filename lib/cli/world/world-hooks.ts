import { installHook } from "../../forges/git/install-hook.ts";
import type { BuiltWorld } from "./world.ts";

/** Hooks that make the served repositories tell us of every push. */
export interface RepositoryHooks {
  /** In all that are there. */
  install(): Promise<void>;
  /** In those that have come since. One that cannot be hooked is tried again each time, and told once. */
  installLate(): Promise<void>;
}

export function repositoryHooks(
  { world }: Pick<BuiltWorld, "world">,
  { url, secret, program }: { readonly url: string; readonly secret: string; readonly program: string },
): RepositoryHooks {
  const hooked = new Set<string>();
  const told = new Set<string>();

  async function hook(name: string, repository: string): Promise<void> {
    const address = `${url}/webhook/${encodeURIComponent(name)}`;
    await installHook(repository, { url: address, secret, name, program });
    hooked.add(name);
  }

  const unhooked = () => world.config.forges.filter(({ name, kind }) => kind === "git" && !hooked.has(name));
  return {
    async install() {
      for (const { name, url: repository } of unhooked()) await hook(name, repository);
    },
    async installLate() {
      for (const { name, url: repository } of unhooked()) {
        try {
          await hook(name, repository);
          world.log.info("repository served", { forge: name });
        } catch (error) {
          if (!told.has(name)) world.log.error("repository not served", { forge: name, error });
          told.add(name);
        }
      }
    },
  };
}
