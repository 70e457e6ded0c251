import { afterEach, describe, expect, it } from "@jest/globals";
import { type Installation, installation } from "./installation.ts";
import { until } from "./until.ts";

let installed: Installation | undefined;
afterEach(async () => {
  await installed?.close();
  installed = undefined;
});

describe("1-01 1-02 from a signed delivery to a completed row, by the template, the uploaded code and the machines' own scripts", () => {
  it.each(["gitea", "github"] as const)(
    "with %s",
    async (kind) => {
      installed = await installation(kind);
      const { forge, aws } = installed;
      await forge.push();
      expect(forge.hooks.sent.map(({ status }) => status)).toEqual([202, 202]);

      const runs = () => aws.table.store.runs.list({ limit: 10 });
      const [run] = await until(runs, (seen) => seen.some(({ status }) => status === "completed"));
      await until(
        () => aws.account.machines,
        (machines) => machines.every(({ endedAt }) => endedAt !== undefined),
      );

      expect(run).toMatchObject({ status: "completed", conclusion: "success", jobName: "build", profile: "small" });
      expect(await runs()).toHaveLength(1);
      expect(aws.account.machines).toHaveLength(1);
      expect(forge.jobs).toMatchObject([{ status: "completed", conclusion: "success" }]);
      expect(forge.runners()).toEqual([]);

      const [started] = aws.computers.values();
      if (!started) throw new Error("no machine was switched on");
      const { computer, metadata } = started;
      expect(computer.commands().at(-1)).toBe("shutdown -P now");
      expect(computer.log()).toContain("Claimed a run.");
      expect(computer.log()).toContain("Reported: job-done, code 0.");
      expect(metadata.refusals).toEqual([]);
      expect({ refusals: aws.gateway.refusals, problems: forge.problems }).toEqual({ refusals: [], problems: [] });
      expect(aws.tap.denied).toEqual([]);
      expect(aws.logs()).not.toContain('"level":"ERROR"');
    },
    120_000,
  );
});
