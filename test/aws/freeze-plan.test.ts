import { afterEach, beforeEach, describe, expect, it } from "@jest/globals";
import { planFreezer } from "../../lib/aws/freeze-plan.ts";
import { type JsonApi, jsonApi } from "../../lib/aws/json-api.ts";
import type { Profile } from "../../lib/core/config/config.ts";
import { type SsmServer, ssmServer } from "../fakes/ssm-server.ts";

const ours = "/imagebuilder/ci/small";
const stock = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64";
const small = { name: "small" } as Profile;

let server: SsmServer;
let ssm: JsonApi;
beforeEach(async () => {
  server = await ssmServer({ [ours]: "ami-0aaaaaaaaaaaaaaaa", [stock]: "ami-0bbbbbbbbbbbbbbbb" });
  const keys = { accessKeyId: "AKIAFAKE", secretAccessKey: "fake" };
  ssm = jsonApi("ssm", { region: "eu-test-1", endpoint: server.url, ...keys });
});
afterEach(() => server.close());

function freezer(images: readonly string[]) {
  const launch = { templateId: "lt-1", templateVersion: "7", images, types: ["c7g.large"] };
  return planFreezer(ssm, new Map([["small", launch]]), ["subnet-a", "subnet-b"]);
}

describe("a frozen plan", () => {
  it("6-02 holds everything that the launch depends on", async () => {
    expect(await freezer([ours, stock])(small, "spot")).toEqual({
      kind: "ec2",
      imageId: "ami-0aaaaaaaaaaaaaaaa",
      templateId: "lt-1",
      templateVersion: "7",
      types: ["c7g.large"],
      subnets: ["subnet-a", "subnet-b"],
      market: "spot",
    });
    expect(server.calls).toEqual([[ours, stock]]);
  });

  it("5-08 takes the stock image before our own is built", async () => {
    server.parameters.delete(ours);
    expect(await freezer([ours, stock])(small, "on-demand")).toMatchObject({
      imageId: "ami-0bbbbbbbbbbbbbbbb",
      market: "on-demand",
    });
  });

  it("takes a fixed image without asking anybody", async () => {
    expect(await freezer(["ami-0cccccccccccccccc"])(small, "spot")).toMatchObject({ imageId: "ami-0cccccccccccccccc" });
    expect(server.calls).toEqual([]);
  });

  it("is refused where no image exists, naming the parameters", async () => {
    server.parameters.clear();
    await expect(freezer([ours, stock])(small, "spot")).rejects.toMatchObject({
      name: "UserError",
      message: expect.stringContaining(ours),
    });
  });

  it("is refused where the parameter holds something else", async () => {
    server.parameters.set(ours, "latest");
    await expect(freezer([ours, stock])(small, "spot")).rejects.toMatchObject({ name: "UserError" });
  });

  it("is refused for a profile that the stack does not know", async () => {
    await expect(freezer([ours])({ name: "huge" } as Profile, "spot")).rejects.toThrow("profile huge");
  });

  it("waits for better times while the parameters cannot be read", async () => {
    await server.close();
    await expect(freezer([ours])(small, "spot")).rejects.toMatchObject({ name: "WorldError", retryable: true });
    server = await ssmServer();
  });
});
