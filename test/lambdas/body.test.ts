import { expect, it } from "@jest/globals";
import { bodyText } from "../../lambdas/body.ts";

const sent = '{"bootId":"é"}';

it.each([
  { because: "text as it is", event: { body: sent, isBase64Encoded: false }, text: sent },
  {
    because: "base64 decoded",
    event: { body: Buffer.from(sent).toString("base64"), isBase64Encoded: true },
    text: sent,
  },
  { because: "no body as an empty one", event: { isBase64Encoded: false }, text: "" },
])("reads $because", ({ event, text }) => {
  expect(bodyText(event)).toBe(text);
});
