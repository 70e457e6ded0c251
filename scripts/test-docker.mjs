// `npm run test:docker`: the target's scripts against a real Docker engine and a real registry. What stands behind `--` goes to bats.
// All of it lives in name spaces of its own (network, mounts, processes): it needs no daemon here, disturbs none, and leaves nothing behind.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

const packages = {
  bats: "bats",
  jq: "jq",
  curl: "curl",
  flock: "util-linux",
  unshare: "util-linux",
  ip: "iproute2",
  iptables: "iptables",
  perl: "perl-base",
  dockerd: "docker.io",
  docker: "docker.io",
  "docker-compose": "docker-compose",
  "docker-registry": "docker-registry",
  busybox: "busybox-static",
};

function problem() {
  const missing = Object.keys(packages).filter((tool) => spawnSync("which", [tool]).status !== 0);
  if (missing.length > 0) {
    const names = [...new Set(missing.map((tool) => packages[tool]))].join(" ");
    return `needs ${missing.join(", ")}: apt-get install ${names}`;
  }
  if (spawnSync("sh", ["-c", 'ldd "$(command -v busybox)" >/dev/null 2>&1']).status === 0)
    return "needs a busybox that is linked statically: apt-get install busybox-static";
  if (process.getuid?.() !== 0) return "needs root: it starts a Docker engine of its own";
  return undefined;
}

const own = ["--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"];
const suite = fileURLToPath(new URL("../test/docker", import.meta.url));
const found = problem();
if (found) {
  console.error(`test:docker ${found}`);
  process.exitCode = 3;
} else {
  const words = process.argv.slice(2);
  const argv = [...own, "--", `${suite}/run.sh`, ...(words.length > 0 ? words : [suite])];
  process.exitCode = spawnSync("unshare", argv, { stdio: "inherit" }).status ?? 3;
}
