import type { Context } from "aws-lambda";
import { noteDeadLetters } from "../lib/app/dead-letters.ts";
import { advanceDeploy } from "../lib/app/deploy/deploy-advance.ts";
import { sweepDeploys } from "../lib/app/deploy/deploy-sweep.ts";
import { dispatch as dispatchMessage } from "../lib/app/dispatch.ts";
import { takeNotice } from "../lib/app/notice.ts";
import { sweep as sweepPass } from "../lib/app/sweep.ts";
import { readControlEvent } from "./control-event.ts";
import { controlWorld } from "./control-world.ts";
import { deployWorld } from "./deploy-world.ts";
import { controlEnv } from "./env.ts";

/** Dispatch and sweep are two functions with one bundle: both take every event, so a clean-up call reaches either. */
const env = controlEnv(process.env);
const world = deployWorld(controlWorld("control", env), env);

async function handle(event: unknown, context: Context): Promise<unknown> {
  const read = readControlEvent(event);
  try {
    switch (read.kind) {
      case "messages":
        return await world.consume(
          read.records,
          (message, receiveCount) => dispatchMessage(world, message, receiveCount),
          () => context.getRemainingTimeInMillis(),
        );
      case "notice":
        return await takeNotice(world, read.notice);
      case "command":
        return await advanceDeploy(world, read.deployId, "command-ended");
      case "cleanup":
        await noteDeadLetters(world, world.deadLetters);
        await sweepPass(world);
        return await sweepDeploys(world);
      case "unknown":
        return world.log.warn("event not understood", { what: read.what });
    }
  } finally {
    world.log.flush();
  }
}

export const dispatch = handle;
export const sweep = handle;
