import { fits } from "../../core/deploy/deploy-request.ts";
import { CommandError } from "../command.ts";
import { type DeployApi, readAnswer } from "./deploy-client.ts";
import { DeployList, DeployView } from "./deploy-view.ts";

/** The deploy of that id, or the only recent one whose id begins so. */
export async function findDeploy(api: DeployApi, id: string): Promise<DeployView> {
  if (fits("id", id)) return readAnswer(DeployView, await api.ask("GET", `/api/deploys/${id}`), `deploy ${id}`);
  const { deploys } = readAnswer(DeployList, await api.ask("GET", "/api/deploys"), "the deploy API");
  const begun = id === "" ? [] : deploys.filter((deploy) => deploy.id.startsWith(id));
  const [only] = begun;
  if (only && begun.length === 1) return readAnswer(DeployView, await api.ask("GET", only.url), `deploy ${only.id}`);
  throw new CommandError(
    begun.length > 1 ? `${begun.length} deploys have an id that begins so` : "there is no such deploy",
    {
      where: "the latest 100 deploys",
      remedy: begun.length > 1 ? "Give more digits of the id." : "`dayfly deploy list` has the ids.",
      exitCode: 2,
    },
  );
}
