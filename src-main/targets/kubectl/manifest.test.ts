import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { IMAGE, manifestOf } from "./manifest.ts";

/** The API's own kinds, by field; its form is said in the file. */
const kinds = JSON.parse(readFileSync(join(import.meta.dirname, "core-v1-pod.json"), "utf8")) as Record<
  string,
  Record<string, string>
>;

/** What of a value the API does not know or would not take, by path. */
function wrongIn(value: unknown, type: string, path: string): string[] {
  const plain = type.replace(/^!/, "");
  if (plain.endsWith("[]"))
    return Array.isArray(value)
      ? value.flatMap((one, i) => wrongIn(one, plain.slice(0, -2), `${path}[${i}]`))
      : [`${path} is no list`];
  if (plain.startsWith("=")) return plain.slice(1).split("|").includes(String(value)) ? [] : [`${path} is ${value}`];
  if (plain === "map")
    return Object.entries(value as object).flatMap(([key, one]) => wrongIn(one, "string", `${path}.${key}`));
  if (!plain.startsWith("#")) return typeof value === plain ? [] : [`${path} is no ${plain}`];
  const fields = kinds[plain.slice(1)];
  if (fields === undefined) return [`${path}: ${plain} is not in the fixture`];
  return [
    ...Object.entries(fields).flatMap(([name, one]) =>
      one.startsWith("!") && !Object.hasOwn(value as object, name) ? [`${path}.${name} is missing`] : [],
    ),
    ...Object.entries(value as object).flatMap(([name, one]) =>
      fields[name] === undefined ? [`${path}.${name} is not known`] : wrongIn(one, fields[name], `${path}.${name}`),
    ),
  ];
}

it("is a pod as the API's own OpenAPI document has it: every field known, of its type, and none missing", () => {
  const manifest = manifestOf("podglass-1", "node-a", IMAGE);
  expect(wrongIn(manifest, "#Pod", "pod")).toEqual([]);
  // The check says no where it should.
  const spec = { ...(manifest as { spec: object }).spec, hostPid: true, containers: [{ stdin: "yes" }] };
  expect(wrongIn({ ...manifest, spec }, "#Pod", "pod")).toEqual([
    "pod.spec.containers[0].name is missing",
    "pod.spec.containers[0].stdin is no boolean",
    "pod.spec.hostPid is not known",
  ]);
});
