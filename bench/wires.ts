/**
 * What the wires of 500 pods cost a deep reading and a tick: a whole reader beside the same one that asks for none, in turns, over
 * one connection. Pods are hand-made, each with a veth to a bridge in a namespace of the bench's own.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { startSshd, whyNoSshd } from "../e2e/nodes/sshd.ts";
import { openLive, readNode } from "../src-main/probe/index.ts";
import type { Channel, Connection } from "../src-main/transport/transport.ts";
import { buildTools, meter, startLoad } from "./load.ts";
import { connect, goal, ratio, sideBySide } from "./reading.ts";
import type { BenchFigure, BenchTable } from "./table.ts";
import { tidied } from "./tidied.ts";

const PODS = 500;
const READERS = ["perl", "awk"] as const;
/** The one place in each reader from which wires are asked for, and what stands there in the other: as long, for parts are counted. */
const ASKED = ["wires($inode, fileno $own, $self_ns{net})", "\nread_wires()\n"] as const;
const without = (text: string): string => {
  const [perl, awk] = ASKED;
  const found = ASKED.filter((place) => text.split(place).length === 2);
  if (found.length !== ASKED.length) throw new Error("the readers ask for wires elsewhere than this bench knows");
  return text.replace(perl, () => "()".padEnd(perl.length)).replace(awk, () => `\n${" ".repeat(awk.length - 2)}\n`);
};

/** The connection, whose readers ask for no wires. */
function wireless(connection: Connection): Connection {
  const exec = async (command: string): Promise<Channel> => {
    const channel = await connection.exec(command);
    const { stdin } = channel;
    for (const name of ["write", "end"] as const) {
      const send = stdin[name].bind(stdin) as (...args: unknown[]) => never;
      const changed = (text: unknown, ...rest: unknown[]) =>
        send(typeof text === "string" && text.includes(ASKED[0]) ? without(text) : text, ...rest);
      Object.assign(stdin, { [name]: changed });
    }
    return channel;
  };
  return { ...connection, label: connection.label, exec };
}

/** Throws a sentence when the machine cannot run it: it needs root on Linux, sshd, ip and cc. */
export async function run(): Promise<BenchTable> {
  const why = whyNoSshd();
  if (why !== null) throw new Error(`the bench of wires needs an sshd of its own: ${why}`);
  return tidied(async (undo) => {
    const tools = buildTools();
    undo.push(() => tools.remove());
    const load = await startLoad(tools, PODS, 3);
    undo.push(() => load.stop());
    undo.push(plugIn(load.pid));
    const sshd = await startSshd();
    undo.push(() => sshd.stop());
    const spent = meter(sshd.pid);
    undo.push(() => spent.remove());
    const whole = await connect(sshd);
    undo.push(() => whole.close());
    const figures: BenchFigure[] = [];
    for (const reader of READERS) {
      process.stderr.write(`  by ${reader}\n`);
      figures.push(...(await costs(whole, reader, spent.cpuMs)));
    }
    const notes = [`loads: ${readFileSync("/proc/loadavg", "utf8").split(" ").slice(0, 3).join(", ")}`];
    return { title: `Wires of ${PODS} pods, in reading them`, figures, notes };
  });
}

/** A wire for each pod that a load has made. Returns what takes them away: the rest goes with the pods. */
function plugIn(load: number): () => void {
  const name = `podglass-bench-${process.pid}`;
  const pods = readFileSync(`/proc/${load}/task/${load}/children`, "utf8").trim().split(" ");
  execFileSync("ip", ["netns", "add", name]);
  const undo = () => execFileSync("ip", ["netns", "del", name]);
  try {
    const batch = (of: readonly string[], lines: readonly string[]) =>
      execFileSync("ip", [...of, "-batch", "-"], { input: lines.join("\n"), stdio: ["pipe", "ignore", "inherit"] });
    batch(
      ["-n", name],
      [
        "link add cni0 type bridge",
        "link set cni0 up",
        ...pods.flatMap((pid, i) => [
          `link add v${i} type veth peer name eth0 netns ${pid}`,
          `link set v${i} master cni0 up`,
        ]),
      ],
    );
    for (const [i, pid] of pods.entries())
      execFileSync("nsenter", ["-t", pid, "-n", "ip", "-batch", "-"], {
        input: `link set eth0 up\naddr add 10.${88 + (i >> 8)}.${i & 255}.2/8 dev eth0\nroute add default via 10.88.0.1\n`,
      });
    return undo;
  } catch (error) {
    undo();
    throw error;
  }
}

async function costs(whole: Connection, reader: (typeof READERS)[number], cpuMs: () => number) {
  const none = wireless(whole);
  const { interfaces } = await readNode(whole, { reader, deep: true });
  const found = (interfaces ?? []).filter(({ name }) => name === "eth0").length;
  const deep = await sideBySide(
    {
      none: () => readNode(none, { reader, deep: true }),
      whole: () => readNode(whole, { reader, deep: true }),
    },
    cpuMs,
  );
  const lives = [await openLive(none, { reader }), await openLive(whole, { reader })] as const;
  // The first ticks settle what was warm after the whole frame.
  for (let turn = 0; turn < 6; turn++) for (const live of lives) await live.tick();
  const tick = await sideBySide({ none: () => lives[0].tick(), whole: () => lives[1].tick() }, cpuMs, 12);
  for (const live of lives) live.close();
  const both = [
    ["a deep reading", deep, 1.15],
    ["a tick", tick, 1.02],
  ] as const;
  const all = `wires read by ${reader}, of those of ${PODS} pods`;
  return [goal(all, String(found), String(PODS), found >= PODS)].concat(
    both.flatMap(([what, { wall, cpu }, most]) =>
      (
        [
          ["node CPU", cpu],
          ["wall", wall],
        ] as const
      ).map(([of, { whole: ours = 0, none: other = 1 }]) =>
        goal(
          `${what} by ${reader}, with wires / without, ${of}`,
          ratio(ours, other),
          `≤ ${most} ×`,
          ours <= most * other,
        ),
      ),
    ),
  );
}
