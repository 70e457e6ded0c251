import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export interface ComputerOptions {
  /** The launch template's script, as cloud-init would get it. */
  readonly userData: string;
  /** Address of its metadata service. */
  readonly metadata: string;
  readonly bootId: string;
  /** Further variables, as an image could hold them. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A machine of ours: a folder in the place of `/`, and the real boot scripts as processes. */
export interface Computer {
  readonly folder: string;
  /** Commands that would have changed a real machine, in order: `shutdown -P now`. */
  commands(): readonly string[];
  log(): string;
  /** What its job's steps have said, by its user's folder or the runner's. */
  stepsLog(): string;
  /** Settles once the machine has powered itself off, or has been pulled. */
  readonly off: Promise<void>;
  /** The power-off timer fires: systemd ends the service first. */
  fireTimer(): void;
  /** Its runner dies, as for want of memory. */
  killRunner(): void;
  /** The host under it fails: all processes are gone, and it starts anew with that boot id. */
  restart(bootId: string): void;
  /** Ends everything at once, as EC2's TerminateInstances may. */
  pull(): void;
  remove(): void;
}

const here = fileURLToPath(new URL(".", import.meta.url));
const noted = join(here, "../../machine/fakes");
/** Noted, not done. */
const notedCommands = [
  "shutdown",
  "systemctl",
  "runuser",
  "chown",
  "install",
  "id",
  "useradd",
  "iptables",
  "ip6tables",
];
/** Present, as on our own image, and never called. */
const presentCommands = ["docker", "go"];

/** Switches a machine on: its user data first, then, if that asks for it, its one service. */
export function switchOn(options: ComputerOptions): Computer {
  const folder = mkdtempSync(join(tmpdir(), "dayfly-computer-"));
  for (const path of ["bin", "fakes", "opt/actions-runner", "home", "run", "state"]) {
    mkdirSync(join(folder, path), { recursive: true });
  }
  writeFileSync(join(folder, "fakes/calls"), "");
  writeFileSync(join(folder, "fakes/user-exists"), "");
  writeFileSync(join(folder, "boot_id"), `${options.bootId}\n`);
  for (const name of notedCommands) symlinkSync(join(noted, name), join(folder, "bin", name));
  for (const name of presentCommands) symlinkSync("/bin/false", join(folder, "bin", name));
  symlinkSync(join(here, "image/act_runner"), join(folder, "opt/act_runner"));
  symlinkSync(join(here, "image/run.sh"), join(folder, "opt/actions-runner/run.sh"));

  const env = {
    PATH: [join(folder, "bin"), dirname(process.execPath), "/usr/bin", "/bin"].join(delimiter),
    FAKES: join(folder, "fakes"),
    DAYFLY_METADATA: options.metadata,
    DAYFLY_LIB: join(folder, "usr/local/lib/dayfly"),
    DAYFLY_ETC: join(folder, "etc/dayfly"),
    DAYFLY_RUN: join(folder, "run"),
    DAYFLY_STATE: join(folder, "state"),
    DAYFLY_OPT: join(folder, "opt"),
    DAYFLY_HOME: join(folder, "home"),
    DAYFLY_BIN: join(folder, "bin"),
    DAYFLY_TOKEN_FILE: join(folder, "run/token"),
    DAYFLY_BOOT_ID: join(folder, "boot_id"),
    DAYFLY_CLAIM_PAUSE: "0.2",
    DAYFLY_WATCH_PAUSE: "0.2",
    DAYFLY_REPORT_PAUSE: "0.2",
    ...options.variables,
  };
  let written = "";
  let running: ChildProcess | undefined;
  let restarted: string | undefined;

  async function run(argv: readonly string[]): Promise<void> {
    const child = spawn("bash", argv, { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
    running = child;
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (written += chunk));
    const closed = once(child, "close");
    await once(child, "exit");
    running = undefined;
    // As the service's end does, to whatever it has left behind.
    endStragglers(folder);
    await closed;
  }

  async function live(): Promise<void> {
    await run(["-c", moved(options.userData, folder)]);
    if (commands().some((line) => line.startsWith("systemctl start "))) await service();
    endStragglers(folder);
  }

  async function service(): Promise<void> {
    await run([startOf(folder)]);
    if (restarted === undefined) return;
    writeFileSync(join(folder, "boot_id"), `${restarted}\n`);
    restarted = undefined;
    await service();
  }

  function commands(): readonly string[] {
    if (!existsSync(join(folder, "fakes/calls"))) return [];
    return readFileSync(join(folder, "fakes/calls"), "utf8").trim().split("\n");
  }

  function pull(): void {
    if (running?.pid !== undefined) process.kill(-running.pid, "SIGKILL");
    endStragglers(folder);
  }

  return {
    folder,
    commands,
    log: () => written,
    stepsLog: () => stepsLogs(folder).join(""),
    off: live(),
    fireTimer: () => void running?.kill("SIGTERM"),
    killRunner: () => killOurs(folder, (line) => /\/(act_runner|run\.sh)\0/.test(line)),
    restart(bootId) {
      restarted = bootId;
      pull();
    },
    pull,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The script with the folder in the place of `/`. */
function moved(script: string, folder: string): string {
  return script
    .replaceAll(" /etc/dayfly", ` ${folder}/etc/dayfly`)
    .replaceAll(">/etc", `>${folder}/etc`)
    .replace("-C / ", `-C ${folder} `);
}

/** What the unit file starts. */
function startOf(folder: string): string {
  const unit = readFileSync(join(folder, "etc/systemd/system/dayfly-machine.service"), "utf8");
  return join(folder, /^ExecStart=(.+)$/m.exec(unit)?.[1] ?? "");
}

function stepsLogs(folder: string): readonly string[] {
  const files = ["home", "opt/actions-runner"].map((place) => join(folder, place, "steps.log"));
  return files.filter((file) => existsSync(file)).map((file) => readFileSync(file, "utf8"));
}

/** The runner has a process group of its own; a machine that is off has no processes at all. */
function endStragglers(folder: string): void {
  killOurs(folder, () => true);
}

/** Ours are known by their environment. */
function killOurs(folder: string, fits: (commandLine: string) => boolean): void {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
      if (!environment.split("\0").includes(`FAKES=${folder}/fakes`)) continue;
      if (fits(readFileSync(`/proc/${pid}/cmdline`, "utf8"))) process.kill(Number(pid), "SIGKILL");
    } catch {
      // It has ended by itself, or is somebody else's.
    }
  }
}
