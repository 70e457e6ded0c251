import type { APIGatewayProxyEventV2 } from "aws-lambda";

/** The body that was sent, as text: the gateway hands over in base64 what its content type does not call text. */
export function bodyText({
  body = "",
  isBase64Encoded,
}: Pick<APIGatewayProxyEventV2, "body" | "isBase64Encoded">): string {
  return isBase64Encoded ? Buffer.from(body, "base64").toString("utf8") : body;
}
