/**
 * The kernel's own list of namespaces beside a snapshot, with each way to hold one: on a node with Linux 6.19 or later, as
 * root, by perl and by python3: PODGLASS_SOAK_NODE=root@HOST:PORT PODGLASS_SOAK_KEY=FILE npm run soak -- listed, or this
 * machine. Needs cc.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openLive, readNode } from "../../src-main/probe/index.ts";
import { localConnection } from "../../src-main/transport/local.ts";
import type { Channel, Connection } from "../../src-main/transport/transport.ts";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import type { Namespace, Snapshot } from "../../src-shared/model.ts";
import { elsewhere } from "../nodes/elsewhere.ts";
import source from "../nodes/namespaces.c?raw";
import { until } from "../nodes/room.ts";

const THERE = "/run/podglass-soak-listed";
async function wordsOf(channel: Channel): Promise<string> {
  channel.stderr.resume();
  let text = "";
  for await (const chunk of channel.stdout) text += String(chunk);
  return text;
}

async function answer(node: Connection, command: string, input: Uint8Array = new Uint8Array()): Promise<string> {
  const channel = await node.exec(command);
  channel.stdin.end(input);
  return wordsOf(channel);
}

/** The program for that machine, which may have no compiler. */
function built(): Uint8Array {
  const folder = mkdtempSync(join(tmpdir(), "podglass-soak-"));
  try {
    const program = join(folder, "namespaces");
    execFileSync("cc", ["-O2", "-static", "-x", "c", "-o", program, "-"], { input: source });
    return readFileSync(program);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** "TYPE INODE" to the kernel's number. */
async function listed(node: Connection): Promise<Map<string, string>> {
  const lines = (await answer(node, `${THERE}/namespaces list`)).trim().split("\n");
  return new Map(lines.map((line) => line.split(" ")).map(([type, inode, id]) => [`${type} ${inode}`, id ?? ""]));
}

const inSnapshot = (snapshot: Snapshot) =>
  new Map<string, Namespace>(snapshot.namespaces.map((one) => [`${one.type} ${one.inode}`, one]));

export async function run(): Promise<{ passed: number; failures: string[] }> {
  const failures: string[] = [];
  let passed = 0;
  const check = (ok: boolean, what: string) => {
    if (ok) passed++;
    else failures.push(what);
  };
  const there = await elsewhere();
  const node = there?.root ?? localConnection();
  let holder: Channel | undefined;
  try {
    await answer(node, `mkdir -p ${THERE}/pins && cat >${THERE}/namespaces && chmod 700 ${THERE}/namespaces`, built());
    if ((await listed(node)).size < 5) {
      const kernel = (await answer(node, "uname -r")).trim();
      return { passed, failures: [`the node's kernel, ${kernel}, has no listns(2): it came with 6.19`] };
    }
    holder = await node.exec(`${THERE}/namespaces hold ${THERE}/pins`);
    const held = new Map<string, string>();
    let text = "";
    const { stdout } = holder;
    // Leaving a loop over it would close it, and the holder with it.
    stdout.on("data", (chunk: Buffer) => {
      text += String(chunk);
    });
    await until("the namespaces", () => /^ready$/m.test(text));
    for (const [, how = "", where = ""] of text.matchAll(/^(\w+) (\w+ \d+)$/gm)) held.set(how, where);
    check(held.size === 6, `six were made: ${[...held.keys()].join(", ")}`);

    for (const reader of ["perl", "awk"] as const)
      for (const deep of [false, true]) {
        const name = `${reader}${deep ? ", deep" : ""}`;
        const before = await listed(node);
        const reading = await readNode(node, { reader, deep });
        const after = await listed(node);
        const snapshot = assemble(reading);
        const stood = [...before].filter(([where]) => after.has(where));
        const found = inSnapshot(snapshot);
        const missing = stood.filter(([where, id]) => found.get(where)?.kernelId !== id).map(([where]) => where);
        check(missing.length === 0, `${name}: not in the snapshot, or by another number: ${missing.join(", ")}`);
        const told = new Set((reading.listed ?? []).map(({ type, inode }) => `${type} ${inode}`));
        const strange = [...told].filter((where) => !before.has(where) && !after.has(where));
        check(strange.length === 0, `${name}: the kernel lists none of ${strange.join(", ")}`);
        const count = snapshot.node.listed;
        check(count?.namespaces === told.size && count.unnamed === 0, `${name}: counted ${JSON.stringify(count)}`);
        process.stderr.write(
          `  ${name}: ${stood.length} listed, ${snapshot.namespaces.length} in the snapshot, ${JSON.stringify(count)}\n`,
        );
        const at = (how: string) => found.get(held.get(how) ?? "");
        check((at("process")?.pids.length ?? 0) > 0, `${name}: the process's own`);
        check((at("pin")?.pins.length ?? 0) > 0, `${name}: the pin's`);
        check(at("owner")?.kernelId !== undefined, `${name}: the user namespace of a pinned one`);
        check(at("file") !== undefined, `${name}: the open file's, deep or not`);
        check(at("flight")?.fds.length === 0, `${name}: the one in a message that nobody receives`);
        check((at("file")?.fds.length ?? 0) > 0 === deep, `${name}: the open file is seen with deep`);
        // A socket alone does not make a namespace active: the kernel's list leaves it out, and only perl can ask sockets.
        check(!before.has(held.get("socket") ?? ""), `${name}: the kernel lists what only a socket holds`);
        if (deep && reader === "perl") check((at("socket")?.sockets?.length ?? 0) > 0, `${name}: the socket's`);
        check((count?.unheld ?? 0) >= (deep ? 1 : 2), `${name}: what nothing read holds is counted`);
        const gap = snapshot.gaps.find(({ what }) => what === "namespaces that the kernel lists");
        check(gap?.count === count?.unheld && (gap?.mend === "--deep") === !deep, `${name}: its gap`);
      }

    const live = await openLive(node);
    await live.tick();
    holder.stdin.end();
    await holder.exit;
    holder = undefined;
    for (let turn = 0; turn < 9; turn++) await live.tick();
    const now = await listed(node);
    const last = await live.tick({ deep: true });
    live.close();
    const gone = [...held.values()].filter((where) => !now.has(where));
    const kept = new Set((last.listed ?? []).map(({ type, inode }) => `${type} ${inode}`));
    check(gone.length > 0 && gone.every((where) => !kept.has(where)), "what is gone leaves a live session's list");
    check(
      [...now.keys()].every((where) => kept.has(where)),
      "a live session's list is the kernel's",
    );
  } finally {
    holder?.stdin.end();
    await holder?.exit;
    await answer(node, `rm -r ${THERE}`);
    node.close();
    there?.close();
  }
  return { passed, failures };
}
