import { describe, expect, it } from "@jest/globals";
import { readMessage } from "../../../lib/core/run/message-codec.ts";
import { eventMessage, wakeMessage } from "../../contracts/samples.ts";

describe("readMessage", () => {
  it.each([eventMessage(), eventMessage({ pr: undefined, job: undefined }), wakeMessage("run-1")])(
    "reads %j",
    (message) => {
      expect(readMessage(JSON.stringify(message))).toEqual(message);
    },
  );

  it.each([
    "",
    "{",
    "null",
    "7",
    "{}",
    '{"v":2,"kind":"wake","runKey":"run-1"}',
    '{"v":1,"kind":"wake"}',
    '{"v":1,"kind":"sleep","runKey":"run-1"}',
    JSON.stringify({ v: 1, kind: "event", envelope: { v: 1 } }),
  ])("knows %s for no message of ours", (body) => {
    expect(readMessage(body)).toBeUndefined();
  });
});
