import { RemovalPolicy } from "aws-cdk-lib";
import * as dynamodb from "aws-cdk-lib/aws-dynamodb";
import { Construct } from "constructs";
import { tableKeys } from "../aws/store/table.ts";

/** The one table: billed by the request, restorable to any second of the last 35 days, kept when the stack goes. */
export class RunsTable extends Construct {
  readonly table: dynamodb.Table;

  constructor(scope: Construct, id: string, props: { readonly remove: boolean }) {
    super(scope, id);
    this.table = new dynamodb.Table(this, "Table", {
      partitionKey: textKey(tableKeys.partition),
      billingMode: dynamodb.BillingMode.PAY_PER_REQUEST,
      pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },
      timeToLiveAttribute: tableKeys.timeToLive,
      deletionProtection: !props.remove,
      removalPolicy: props.remove ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN,
    });
    for (const [indexName, { partition, sort, projection }] of Object.entries(tableKeys.indexes)) {
      this.table.addGlobalSecondaryIndex({
        indexName,
        partitionKey: textKey(partition),
        sortKey: textKey(sort),
        projectionType: dynamodb.ProjectionType[projection],
      });
    }
  }

  /** The table and its indexes. */
  get arns(): readonly string[] {
    const indexes = Object.keys(tableKeys.indexes).map((name) => `${this.table.tableArn}/index/${name}`);
    return [this.table.tableArn, ...indexes];
  }
}

function textKey(name: string): dynamodb.Attribute {
  return { name, type: dynamodb.AttributeType.STRING };
}
