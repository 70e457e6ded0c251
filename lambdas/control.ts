import type { Context } from "aws-lambda";
import { dispatch as dispatchMessage } from "../lib/app/dispatch.ts";
import { takeNotice } from "../lib/app/notice.ts";
import { sweep as sweepPass } from "../lib/app/sweep.ts";
import { readControlEvent } from "./control-event.ts";
import { controlWorld } from "./control-world.ts";
import { controlEnv } from "./env.ts";

/** Dispatch and sweep are two functions with one bundle: both take every event, so a clean-up call reaches either. */
const world = controlWorld("control", controlEnv(process.env));

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
      case "cleanup":
        return await sweepPass(world);
      case "unknown":
        return world.log.warn("event not understood", { what: read.what });
    }
  } finally {
    world.log.flush();
  }
}

export const dispatch = handle;
export const sweep = handle;
