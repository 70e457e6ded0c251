import type { OracleCase } from "../oracle-case.ts";
import { detection } from "./detection.ts";
import { differences } from "./differences.ts";
import { filters } from "./filters.ts";
import { jobPlans } from "./jobs.ts";
import { onForms } from "./on-forms.ts";
import { patterns } from "./patterns.ts";
import { pulls } from "./pulls.ts";
import { skipping } from "./skipping.ts";

export const allCases: readonly OracleCase[] = [
  ...detection,
  ...onForms,
  ...patterns,
  ...filters,
  ...differences,
  ...skipping,
  ...pulls,
  ...jobPlans,
];
