import { CfnBudget } from "aws-cdk-lib/aws-budgets";
import { Construct } from "constructs";

/** A message when one day's EC2 use costs more than it should: a loop, or a very busy day. AWS gives two budgets for nothing. */
export class Budget extends Construct {
  constructor(scope: Construct, id: string, props: { readonly usd: number; readonly email: string }) {
    super(scope, id);
    new CfnBudget(this, "Daily", {
      budget: {
        budgetType: "COST",
        timeUnit: "DAILY",
        budgetLimit: { amount: props.usd, unit: "USD" },
        costFilters: { Service: ["Amazon Elastic Compute Cloud - Compute"] },
      },
      notificationsWithSubscribers: [
        {
          notification: {
            notificationType: "ACTUAL",
            comparisonOperator: "GREATER_THAN",
            threshold: 100,
            thresholdType: "PERCENTAGE",
          },
          subscribers: [{ subscriptionType: "EMAIL", address: props.email }],
        },
      ],
    });
  }
}
