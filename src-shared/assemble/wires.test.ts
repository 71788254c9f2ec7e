import { expect, it } from "vitest";
import { emptyReading } from "../reading.ts";
import { wiresOf } from "./wires.ts";

const OWN = 1;
const [POD, HOSTILE] = [2, 3];
const veth = (inode: number, index: number, link: number, linkNamespace?: number) => ({
  inode,
  index,
  name: `if${inode}x${index}`,
  kind: "veth",
  mtu: 1500,
  up: true,
  link,
  ...(linkNamespace === undefined ? {} : { linkNamespace }),
});

it("is not led astray by a wire that a pod made with the indexes of another's", () => {
  const interfaces = [veth(OWN, 7, 2), veth(POD, 2, 7, OWN), veth(HOSTILE, 2, 7)];
  const found = wiresOf({ ...emptyReading(), interfaces, routes: [] });
  const peer = (inode: number) => found.get(inode)!.interfaces[0]!.peer;
  expect(peer(OWN)).toEqual({ namespace: POD, index: 2, name: "if2x2" });
  expect(peer(POD)).toEqual({ namespace: OWN, index: 7, name: "if1x7" });
});

it("says of a wire that two may be the end of that it is not known which", () => {
  const interfaces = [veth(OWN, 7, 2), veth(POD, 2, 7), veth(HOSTILE, 2, 7)];
  const found = wiresOf({ ...emptyReading(), interfaces, routes: [] });
  expect(found.get(OWN)!.interfaces[0]!.peer).toEqual({ index: 2 });
});
