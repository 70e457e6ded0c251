// Cuts out of GitHub's OpenAPI description the operations that we use, without its prose: test/fixtures/github/openapi.json.
//
// The whole description is 400 MB on disk, too much for everybody's installation. To renew the slice:
//   npm pack @octokit/openapi@<version> && tar xzf octokit-openapi-*.tgz
//   node test/fakes/github/slice.mjs package/generated/api.github.com.json <version>
import { readFileSync, writeFileSync } from "node:fs";

const used = [
  "GET /app/hook/config",
  "PATCH /app/hook/config",
  "GET /app/hook/deliveries",
  "POST /app/hook/deliveries/{delivery_id}/attempts",
  "GET /app/installations",
  "POST /app/installations/{installation_id}/access_tokens",
  "POST /app-manifests/{code}/conversions",
  "GET /installation/repositories",
  "GET /meta",
  "GET /orgs/{org}/hooks",
  "POST /orgs/{org}/hooks",
  "PATCH /orgs/{org}/hooks/{hook_id}",
  "GET /orgs/{org}/hooks/{hook_id}/deliveries",
  "POST /orgs/{org}/hooks/{hook_id}/pings",
  "GET /repos/{owner}/{repo}",
  "GET /repos/{owner}/{repo}/actions/jobs/{job_id}",
  "POST /repos/{owner}/{repo}/actions/jobs/{job_id}/rerun",
  "GET /repos/{owner}/{repo}/actions/runners",
  "POST /repos/{owner}/{repo}/actions/runners/generate-jitconfig",
  "DELETE /repos/{owner}/{repo}/actions/runners/{runner_id}",
  "GET /repos/{owner}/{repo}/actions/runs",
  "GET /repos/{owner}/{repo}/actions/runs/{run_id}/jobs",
  "GET /repos/{owner}/{repo}/actions/workflows",
  "GET /repos/{owner}/{repo}/compare/{basehead}",
  "GET /repos/{owner}/{repo}/git/blobs/{file_sha}",
  "GET /repos/{owner}/{repo}/git/trees/{tree_sha}",
  "GET /repos/{owner}/{repo}/hooks",
  "POST /repos/{owner}/{repo}/hooks",
  "PATCH /repos/{owner}/{repo}/hooks/{hook_id}",
  "GET /repos/{owner}/{repo}/hooks/{hook_id}/deliveries",
  "POST /repos/{owner}/{repo}/hooks/{hook_id}/pings",
  "GET /repos/{owner}/{repo}/installation",
  "GET /repos/{owner}/{repo}/pulls/{pull_number}/files",
  "POST /repos/{owner}/{repo}/statuses/{sha}",
  "GET /user/repos",
];
const prose = new Set([
  "description",
  "summary",
  "example",
  "examples",
  "externalDocs",
  "title",
  "default",
  "deprecated",
]);

const [file, version] = process.argv.slice(2);
const description = JSON.parse(readFileSync(file, "utf8"));
const schemas = {};

function resolve(ref) {
  return ref
    .slice(2)
    .split("/")
    .reduce((value, key) => value[key], description);
}

/** Schemas are kept by name, everything else that is referred to stands where it is used. */
function cut(value) {
  if (Array.isArray(value)) return value.map(cut);
  if (value === null || typeof value !== "object") return value;
  if (typeof value.$ref === "string") {
    if (!value.$ref.startsWith("#/components/schemas/")) return cut(resolve(value.$ref));
    const name = value.$ref.slice("#/components/schemas/".length);
    if (!(name in schemas)) {
      schemas[name] = null;
      schemas[name] = cut(resolve(value.$ref));
    }
    return { $ref: name };
  }
  const kept = {};
  for (const [key, inner] of Object.entries(value)) {
    // Below `properties` every key is a name of GitHub's, whatever it is called.
    if (key === "properties")
      kept[key] = Object.fromEntries(Object.entries(inner).map(([name, one]) => [name, cut(one)]));
    else if (!prose.has(key) && !key.startsWith("x-")) kept[key] = cut(inner);
  }
  return kept;
}

function operation(name) {
  const [method, path] = name.split(" ");
  const found = description.paths[path]?.[method.toLowerCase()];
  if (!found) throw new Error(`GitHub describes no ${name}`);
  const body = found.requestBody?.content?.["application/json"]?.schema;
  const answers = Object.entries(found.responses).filter(([status]) => status.startsWith("2"));
  return {
    parameters: (found.parameters ?? [])
      .map(cut)
      .map(({ name, in: place, required, schema }) => ({ name, in: place, required, schema })),
    ...(body ? { body: cut(body), bodyRequired: found.requestBody.required === true } : {}),
    answers: Object.fromEntries(
      answers.map(([status, answer]) => [
        status,
        cut(answer.$ref ? resolve(answer.$ref) : answer).content?.["application/json"]?.schema ?? null,
      ]),
    ),
  };
}

const operations = Object.fromEntries(used.map((name) => [name, operation(name)]));
const slice = { source: `@octokit/openapi ${version} (MIT), api.github.com`, operations, schemas };
writeFileSync(new URL("../../fixtures/github/openapi.json", import.meta.url), `${JSON.stringify(slice)}\n`);
