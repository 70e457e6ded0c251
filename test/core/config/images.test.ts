import { expect, it } from "@jest/globals";
import { egressOf } from "../../../lib/core/config/egress.ts";
import { imagesOf, stockImage } from "../../../lib/core/config/images.ts";
import { readConfig } from "../../../lib/core/config/read-config.ts";

function fileOf(profile: string, forges = "") {
  const reading = readConfig("dayfly.yaml", `forges: [${forges}]\nprofiles: [{ name: a, labels: [x], ${profile} }]`);
  if (reading.kind !== "config") throw new Error(JSON.stringify(reading.problems));
  return { file: reading.file, profile: reading.file.profiles[0]! };
}

// https://docs.aws.amazon.com/linux/al2023/ug/ec2.html and https://documentation.ubuntu.com/aws/en/latest/aws-how-to/instances/find-ubuntu-images/
it.each([
  ["al2023", "arm64", "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64"],
  ["al2023", "x64", "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"],
  ["ubuntu-24.04", "arm64", "/aws/service/canonical/ubuntu/server/24.04/stable/current/arm64/hvm/ebs-gp3/ami-id"],
  ["ubuntu-24.04", "x64", "/aws/service/canonical/ubuntu/server/24.04/stable/current/amd64/hvm/ebs-gp3/ami-id"],
] as const)("5-08 the stock image of %s on %s is what its maker publishes", (system, architecture, parameter) => {
  expect(stockImage({ system, architecture })).toBe(parameter);
});

it.each([
  [
    "image: own, architecture: x64, types: []",
    ["/imagebuilder/ci/x64", stockImage({ system: "al2023", architecture: "x64" })],
  ],
  ["image: stock", [stockImage({ system: "al2023", architecture: "arm64" })]],
  ["image: ami-0123456789abcdef0", ["ami-0123456789abcdef0"]],
])("5-08 a launch with %s takes the best that is there", (profile, images) => {
  expect(imagesOf("ci", fileOf(profile).profile)).toEqual(images);
});

it.each([
  { egress: "[80]", forges: "", ports: [80, 443] },
  { egress: "[443]", forges: "{ name: g, kind: gitea, url: 'https://git.example.com:3000' }", ports: [443, 3000] },
  { egress: "[22]", forges: "{ name: g, kind: git, url: /srv/a.git }", ports: [22, 443] },
])("1-13 machines with egress $egress reach the runner API and the forges: $ports", ({ egress, forges, ports }) => {
  const { file, profile } = fileOf(`egress: ${egress}`, forges);
  expect(egressOf(file, profile)).toEqual(ports);
});
