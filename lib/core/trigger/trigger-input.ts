/** A workflow file as its repository holds it. */
export interface WorkflowSource {
  readonly path: string;
  readonly text: string;
  /** Git's id of the content: equal ids are equal files, so a parse is never done twice. */
  readonly blobId?: string;
}

/**
 * The files that an event changed, as the forge computes them. `undecidable` says why nobody can tell (too many, a commit that is gone);
 * the dialect decides what that means.
 */
export type ChangedFiles =
  | {
      readonly kind: "files";
      readonly paths: readonly string[];
      /** Old names of files that are, or may be, renamed, where they are told apart. GitHub does not say whether it looks at them. */
      readonly formerly?: readonly string[];
    }
  | { readonly kind: "undecidable"; readonly cause: "too-many" | "base-gone" | "unavailable"; readonly text: string };

/** One event, with all that the forge's rules look at. */
export interface TriggerEvent {
  /** Name in `on:` words: `push`, `pull_request`, `create`, … */
  readonly name: string;
  /** Activity type in workflow words: `synchronize`. */
  readonly action?: string;
  /** Full ref; for pull requests `refs/pull/N/head` (Gitea) or `refs/pull/N/merge` (GitHub), for `pull_request_target` a branch. */
  readonly ref: string;
  readonly before?: string;
  readonly after?: string;
  /** The pull request's. */
  readonly number?: string;
  /** Short name of the pull request's base branch. */
  readonly baseRef?: string;
  /** The pull request's own newest commit; `after` is the one that runs. */
  readonly headSha?: string;
  /** The pull request cannot be merged as it is. */
  readonly conflict?: boolean;
  /** Full message of the commit that the forge searches for skip strings. */
  readonly message?: string;
  readonly title?: string;
  readonly fork?: boolean;
  readonly sender?: string;
  /** `owner/name`, for the `github` context. */
  readonly repository?: string;
  readonly defaultBranch?: string;
  /** The repository is archived: it can be read and nothing else. */
  readonly archived?: boolean;
  /** How many tags the push brought, this one included. */
  readonly tagsAtOnce?: number;
  /** Workflows that somebody has switched off at the forge, as it identifies them: by path, or by the path below its directory. */
  readonly disabled?: readonly string[];
  /** For workflow_run: name of the workflow that ran, and its branch. */
  readonly workflow?: string;
  readonly branch?: string;
  /** For workflow_run: how many of the runs that led to it were themselves started by workflow_run. */
  readonly chain?: number;
}
