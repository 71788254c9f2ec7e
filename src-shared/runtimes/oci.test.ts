import { expect, it } from "vitest";
import { parseOciConfig } from "./oci.ts";

const devicesOf = (devices: unknown) =>
  parseOciConfig("/run/x/config.json", JSON.stringify({ ociVersion: "1.0.2", linux: { devices } }))?.devices;

it("names the devices that a container is given beside everybody's, whatever a config says", () => {
  const fuse = { path: "/dev/fuse", type: "c", major: 10, minor: 229 };
  expect(devicesOf([{ path: "/dev/null" }, fuse, { path: 7 }, null, "x"])).toEqual(["/dev/fuse"]);
  expect(devicesOf([{ path: "/dev/null" }])).toBeUndefined();
  expect(devicesOf({})).toBeUndefined();
  expect(devicesOf(Array.from({ length: 2000 }, (_, i) => ({ path: `/dev/x${i}` })))).toHaveLength(512);
});
