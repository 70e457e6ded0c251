import { deployDocument, documentName, inspectDocument } from "../../../lib/aws/deploy-documents.ts";
import type { Clock } from "../../../lib/core/ports.ts";
import { type SsmAccount, ssmAccount } from "./account.ts";

/** The two documents of a stack called dayfly. */
export const documents = { deploy: documentName("dayfly", "deploy"), inspect: documentName("dayfly", "inspect") };

export const deployDocuments = new Map([
  [documents.deploy, deployDocument],
  [documents.inspect, inspectDocument],
]);

/** An account that has these two and no node yet. */
export function deployAccount(clock: Clock): SsmAccount {
  return ssmAccount(deployDocuments, clock);
}
