import { type Call, CommandError, type CommandSpec, type ExitCode } from "./command.ts";

/** `dayfly credentials`: a job on one of our machines asks for the AWS rights of a grant. */
export const credentials: CommandSpec = {
  name: "credentials",
  summary: "In a job on AWS: print short credentials for a grant of dayfly.yaml",
  details: [
    "Which jobs get which grant stands in dayfly.yaml; the forge says which job this machine has.",
    "It prints what AWS's own tools take from a `credential_process`; they ask again by themselves when the keys expire:",
    '`aws configure set credential_process "dayfly credentials push-shop"` is all that a job needs.',
  ],
  operands: [{ name: "<grant>", text: "name of the grant" }],
  options: [{ flags: "--env", text: "print lines for `export` instead" }],
  examples: [
    { line: "dayfly credentials push-shop", says: "as a credential process prints them" },
    { line: "dayfly credentials push-shop --env", says: "as lines that a shell can export" },
  ],
  load: async () => printCredentials,
};

async function printCredentials(call: Call): Promise<ExitCode> {
  const { askMachineApi } = await import("./machine-api.ts");
  const [grant = ""] = call.operands;
  const { status, body } = await askMachineApi(call, "/runner/credentials", { grant });
  if (status !== 200) {
    throw new CommandError(said(body, "text") || `the answer was ${status}`, {
      where: `grant ${grant}${said(body, "error") && ` (${said(body, "error")})`}`,
      remedy: remedies[status] ?? "Ask again; the log of the runner API says more.",
      exitCode: status >= 500 ? 3 : 1,
    });
  }
  const keys = {
    AWS_ACCESS_KEY_ID: said(body, "AccessKeyId"),
    AWS_SECRET_ACCESS_KEY: said(body, "SecretAccessKey"),
    AWS_SESSION_TOKEN: said(body, "SessionToken"),
  };
  if (call.options.env) for (const [name, value] of Object.entries(keys)) call.terminal.print(`${name}=${value}`);
  else call.terminal.print(JSON.stringify(body));
  return 0;
}

const remedies: Readonly<Record<number, string>> = {
  401: "Run it in a job on a machine of this installation, as the job's own user.",
  403: "`from:` of the grant in dayfly.yaml says which repository, refs and events may have it.",
  404: "This installation has no grants: add them to dayfly.yaml and deploy it.",
  422: "Look for the name under `grants:` in dayfly.yaml, and deploy the stack after a change.",
};

function said(body: Readonly<Record<string, unknown>>, key: string): string {
  return typeof body[key] === "string" ? body[key] : "";
}
