import type { GiteaServer } from "../gitea-server.ts";

/** Gitea's own page, as somebody uses it who has signed in. */
export interface GiteaPage {
  /** Presses a button of a run's page: `cancel`, `rerun`. */
  press(repository: string, run: number, button: "cancel" | "rerun"): Promise<void>;
}

export function giteaPage({ url, login, call }: GiteaServer, password: string): GiteaPage {
  const cookies = new Map<string, string>();

  async function send(method: string, path: string, form?: Readonly<Record<string, string>>): Promise<Response> {
    const response = await fetch(path.startsWith("http") ? path : url + path, {
      method,
      redirect: "manual",
      headers: {
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(method === "POST" ? { origin: url, "x-csrf-token": decodeURIComponent(cookies.get("_csrf") ?? "") } : {}),
      },
      ...(form ? { body: new URLSearchParams(form) } : {}),
      signal: AbortSignal.timeout(30_000),
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    return response;
  }

  async function signIn(): Promise<void> {
    await send("GET", "/user/login");
    const answer = await send("POST", "/user/login", { user_name: login, password });
    if (answer.status !== 303 && answer.status !== 302) throw new Error(`Gitea lets nobody in: ${answer.status}`);
    await send("GET", "/");
  }

  return {
    async press(repository, run, button) {
      await signIn();
      const { html_url } = await call<{ html_url: string }>("GET", `/repos/${login}/${repository}/actions/runs/${run}`);
      const answer = await send("POST", `${html_url}/${button}`);
      if (!answer.ok) throw new Error(`${button}: ${answer.status} ${(await answer.text()).slice(0, 200)}`);
    },
  };
}
