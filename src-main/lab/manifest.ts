/** What a lab pod's manifest says, from what up.sh tells of the pod that it has just made. */

import { type LabManifest, labManifestSchema, pinTypes } from "../../src-shared/manifests.ts";
import type { LabOptions } from "../../src-shared/requests.ts";
import { ReadingError } from "../transport/transport.ts";

/**
 * @param told boot id, inodes of net, ipc and uts, address and interface ("-" where there are none), then pid and start
 * of pause, if there is one, and of each container. Throws ReadingError where it tells something else.
 */
export function labManifestOf({ name, sandbox }: LabOptions, createdAt: string, told: string): LabManifest {
  const [bootId, net, ipc, uts, address, hostInterface, ...numbers] = told.split(" ");
  const cgroupPath = `/podglass-lab/${name}`;
  const processes = Array.from({ length: Math.ceil(numbers.length / 2) }, (_, i) => ({
    pid: Number(numbers[2 * i]),
    startTicks: Number(numbers[2 * i + 1]),
  }));
  const pause = sandbox === "pause" ? processes.shift() : undefined;
  const { data } = labManifestSchema.safeParse({
    schema: "podglass.lab/1",
    name,
    bootId,
    createdAt,
    sandbox,
    cgroupPath,
    pause: pause ? { ...pause, cgroupPath: `${cgroupPath}/pause` } : null,
    pins: sandbox === "pause" ? {} : Object.fromEntries(SHARED.map((type) => [type, `${LAB}/${name}/pins/${type}`])),
    namespaces: { net: Number(net), ipc: Number(ipc), uts: Number(uts) },
    address: address === "-" ? "" : address,
    hostInterface: hostInterface === "-" ? "" : hostInterface,
    containers: processes.map((process, i) => ({
      id: `${name}/c${i + 1}`,
      name: `c${i + 1}`,
      ...process,
      cgroupPath: `${cgroupPath}/c${i + 1}`,
    })),
  });
  if (!data) throw new ReadingError(`the node made ${name} but told nothing sensible about it`);
  return data;
}

const LAB = "/run/podglass/lab";
/** What a lab pod's containers share. */
const SHARED = pinTypes.filter((type) => type !== "user");
