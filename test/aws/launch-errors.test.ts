import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { classifyCode, explainCode, launchErrors } from "../../lib/aws/launch-errors.ts";
import type { LaunchResult } from "../../lib/core/ports.ts";
import { type Ec2World, ec2Launch, ec2World } from "./ec2-world.ts";

describe("5-04 a code of the EC2 API has one class", () => {
  it.each([
    { code: "InsufficientInstanceCapacity", is: "pool", because: "other zones may have some" },
    { code: "Unsupported", is: "pool", because: "said of a type that one zone lacks" },
    { code: "InvalidAvailabilityZone", is: "pool", because: "one bad zone is no reason to stop" },
    { code: "InsufficientFreeAddressesInSubnet", is: "pool", because: "other subnets have addresses" },
    { code: "IdempotentInstanceTerminated", is: "pool", because: "a new launch has a new token" },
    { code: "MaxSpotInstanceCountExceeded", is: "account", because: "a quota" },
    { code: "VcpuLimitExceeded", is: "account", because: "a quota" },
    { code: "MaxFleetCountExceeded", is: "account", because: "a quota" },
    { code: "RequestLimitExceeded", is: "throttled", because: "nothing was begun" },
    { code: "RequestExpired", is: "throttled", because: "a function that slept signs anew" },
    { code: "InvalidSecurity.RequestHasExpired", is: "throttled", because: "its own row outranks the family" },
    { code: "InvalidAMIID.NotFound", is: "permanent", because: "the image is missing" },
    { code: "InvalidLaunchTemplateId.VersionNotFound", is: "permanent", because: "the family of wrong parameters" },
    { code: "NatGatewayNotFound", is: "permanent", because: "the family of missing things" },
    { code: "InvalidLaunchTemplateName.NotFoundException", is: "permanent", because: "the family, other spelling" },
    { code: "UnauthorizedOperation", is: "permanent", because: "a right is missing" },
    { code: "AuthFailure.ServiceLinkedRoleCreationNotPermitted", is: "permanent", because: "first Spot call ever" },
    { code: "IdempotentParameterMismatch", is: "unknown", because: "something exists under this token" },
    { code: "InvalidState", is: "unknown", because: "a previous identical request may still be going on" },
    { code: "InternalError", is: "unknown", because: "nobody can say" },
    { code: "SomethingNewIn2031", is: "unknown", because: "nobody has met it" },
    { code: "", is: "unknown", because: "no code at all" },
    { code: "Server.InsufficientInstanceCapacity", is: "pool", because: "a prefix changes nothing" },
    { code: "Client.InvalidParameterValue", is: "permanent", because: "a prefix changes nothing" },
  ])("$code is $is: $because", ({ code, is }) => {
    expect(classifyCode(code)).toBe(is);
  });

  it("and stands in the table once", () => {
    const all = launchErrors.flatMap((row) => row.codes);
    expect(all).toEqual([...new Set(all)]);
  });
});

describe("5-04 over the wire every code of the table", () => {
  const promised = launchErrors.flatMap(({ class: is, codes }) => codes.map((code) => ({ code, is })));
  let world: Ec2World;
  beforeAll(async () => {
    world = await ec2World();
  });
  afterAll(() => world.close());

  /** One launch that meets that code, whichever way EC2 says it. */
  async function met(code: string, way: "inside an answer" | "as a refusal"): Promise<LaunchResult> {
    const id = `${code} ${way}`.slice(0, 64);
    if (way === "as a refusal") world.server.faults.push({ action: "CreateFleet", kind: "refused", code });
    else world.account.switches.forcedErrors = [{ code, message: "as told" }];
    return world.machines.launch(ec2Launch(world, { id, token: id }));
  }

  it.each(["inside an answer", "as a refusal"] as const)("means what its row says: %s", async (way) => {
    const wrong: unknown[] = [];
    for (const { code, is } of promised) {
      const result = await met(code, way);
      const said = result.kind === "none" ? result.shortage.class : result.kind;
      if (said !== is) wrong.push({ code, is, said });
    }
    expect(wrong).toEqual([]);
    expect(world.account.machines).toEqual([]);
  });
});

describe("the explanation of a code", () => {
  it("is the provider's sentence", () => {
    expect(explainCode("Unsupported", "not in this\n zone")).toBe("not in this zone");
  });

  it("says the cure where we know one", () => {
    expect(explainCode("AuthFailure.ServiceLinkedRoleCreationNotPermitted", "no")).toContain(
      "aws iam create-service-linked-role --aws-service-name spot.amazonaws.com",
    );
  });

  it("is the code itself where nothing was said", () => {
    expect(explainCode("Unsupported", undefined)).toBe("Unsupported");
  });

  it("is bounded, whatever the provider says", () => {
    expect(explainCode("Unsupported", "x".repeat(5000)).length).toBeLessThan(400);
  });
});
