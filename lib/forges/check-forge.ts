import { UserError, WorldError } from "../core/errors.ts";
import type { Forge } from "../core/forge.ts";
import { bad, type Check, ok, warning } from "../core/report/checkup.ts";

/** Does the forge answer with our token, and what can its version not do? */
export async function checkForge(
  { name, url, token }: { readonly name: string; readonly url: string; readonly token: string },
  forge: Pick<Forge, "server">,
): Promise<readonly Check[]> {
  const check = `forge ${name}`;
  try {
    const probe = await forge.server?.probe();
    if (!probe) return [];
    const lacking = probe.lacks.map(({ code, text }) => warning(`${check} ${code}`, text, "Upgrade the server."));
    return [ok(check, `${url}, version ${probe.version}`), ...lacking];
  } catch (error) {
    const isOurs = error instanceof UserError || (error instanceof WorldError && !error.retryable);
    if (isOurs) return [bad(check, error.message, `Put a token with the needed rights into ${token}.`)];
    if (!(error instanceof WorldError)) throw error;
    const cure = `Check that ${url} answers from here; the functions on AWS must reach it as well.`;
    return [bad(check, error.message, cure)];
  }
}

/** Is our webhook there, and how was its last delivery answered, where the forge tells? */
export async function checkHook(
  { name, repo, url }: { readonly name: string; readonly repo: string; readonly url: string },
  forge: Pick<Forge, "hooks">,
): Promise<Check | undefined> {
  const check = `hook ${name} ${repo}`;
  const repair = `dayfly hooks add ${repo} makes or repairs it.`;
  const state = await forge.hooks?.look({ kind: "repository", name: repo }, url);
  if (!state) return undefined;
  if (state.kind === "absent") return bad(check, `no webhook leads to ${url}`, repair);
  if (!state.active) return bad(check, "the webhook is switched off", repair);
  if (state.missing.length > 0) return bad(check, `the webhook does not send ${state.missing.join(", ")}`, repair);
  if (state.lastStatus === undefined) return ok(check, "is there");
  const answered = `its last delivery was answered ${state.lastStatus}`;
  if (state.lastStatus < 400) return ok(check, answered);
  const cure = state.lastStatus === 401 ? "Its secret is another than that of the parameter: " : "";
  return bad(check, answered, `${cure}${repair}`);
}
