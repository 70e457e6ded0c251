import type { CommitPlan } from "../../fakes/scratch-repository.ts";
import type { Stage } from "./stage.ts";

/** One thing that can happen on a real Gitea with a real runner, and how it has to end. */
export interface Story {
  readonly title: string;
  readonly commits: readonly CommitPlan[];
  /** Why it cannot be played here, in a sentence; undefined where it can. */
  readonly skip?: (stage: Stage) => string | undefined;
  readonly play: (stage: Stage) => Promise<void>;
}

export const needsPage = (stage: Stage): string | undefined =>
  stage.page ? undefined : "what Gitea offers on its page alone needs a password (--gitea)";
