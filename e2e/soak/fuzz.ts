/**
 * Every door that bytes come in by, with bytes that were made to harm: nothing crashes, nothing waits for longer than two
 * seconds, memory stays bounded. FUZZ_INPUTS says how many inputs (default 200,000), FUZZ_SEED repeats a run.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Inspector } from "../../src-main/inspector.ts";
import { encodeReading } from "../../src-main/probe/encode.ts";
import { FrameReader } from "../../src-main/probe/frames.ts";
import { feedSliced, parseProbeText } from "../../src-main/probe/parse.ts";
import { openRecording } from "../../src-main/recordings/reader.ts";
import { startServer } from "../../src-main/shells/serve.ts";
import { settingsFor } from "../../src-main/ssh/config.ts";
import { readConfig } from "../../src-main/ssh/config-file.ts";
import { judge, parseKnownHosts } from "../../src-main/ssh/known-hosts.ts";
import { parseTarget } from "../../src-main/ssh/target.ts";
import { openFile } from "../../src-main/storage/files.ts";
import { READ, recordedPath, recordedTexts } from "../../src-main/testing/recorded.ts";
import { ReadingError } from "../../src-main/transport/transport.ts";
import { assemble } from "../../src-shared/assemble/assemble.ts";
import { parseLabManifest, parsePinsManifest } from "../../src-shared/manifests.ts";
import { emptyReading, type Reading } from "../../src-shared/reading.ts";
import { seeded } from "../../src-shared/testing/random.ts";
import { syntheticSnapshot } from "../../src-shared/testing/synthetic.ts";

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000);
const random = seeded(seed);
const pick = <T>(from: readonly T[]): T => from[random.below(from.length)] as T;

/** What parsers stumble over. */
const JUNK = [
  "",
  "\0",
  "\n",
  " ",
  "-1",
  "9".repeat(30),
  "__proto__",
  "constructor",
  "../../..",
  "\\",
  "\\777",
  "{",
  "[[[",
  '"',
  "%00",
  "\u202e",
  "*",
  "?(",
  "\r\n\r\n",
  "null",
  "1e999",
];

/** A few changes to bytes that were right: cut out, doubled, put in, one bit turned. */
function spoiled(bytes: Buffer): Buffer {
  let out = bytes;
  for (let changes = 1 + random.below(4); changes > 0; changes--) {
    const at = random.below(out.length + 1);
    const to = Math.min(out.length, at + random.below(40));
    const way = random.below(4);
    if (way === 0) out = Buffer.concat([out.subarray(0, at), out.subarray(to)]);
    else if (way === 1) out = Buffer.concat([out.subarray(0, to), out.subarray(at)]);
    else if (way === 2) out = Buffer.concat([out.subarray(0, at), Buffer.from(pick(JUNK)), out.subarray(at)]);
    else if (at < out.length) {
      out = Buffer.from(out);
      out[at] = (out[at] ?? 0) ^ (1 << random.below(8));
    }
  }
  return out;
}

/** One record with junk in its fields and the right length: it gets past the frame to the parser of its fields. */
function record(nonce: string): string {
  const fields = Array.from(
    { length: random.below(12) },
    () => pick([...JUNK, "1", "5", "-", "net", "a,b", "v2"]).replace(/[^!-~]/g, "x") || "\\e",
  );
  const text = [
    pick([
      "n",
      "h",
      "g",
      "x",
      "p",
      "m",
      "w",
      "r",
      "s",
      "C",
      "f",
      "M",
      "F",
      "T",
      "N",
      "R",
      "d",
      "t",
      "k",
      "S",
      "o",
      "G",
      "-p",
      "-f",
      "-C",
      "end 1",
      "begin 1 whole quick 1 1",
    ]),
    ...fields,
  ].join(" ");
  return `${nonce}.${text.length} ${text}\n`;
}

type Door = (folder: string) => Promise<void>;
const refused = (error: unknown): void => {
  if (!(error instanceof ReadingError)) throw error;
};
const file = (folder: string, name: string, bytes: Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
async function* once(bytes: Buffer) {
  yield bytes;
}

const NONCE = "0123456789";
const small: Reading = {
  ...emptyReading(),
  takenAt: "2026-11-21T10:00:00.000Z",
  files: { "/etc/x": "y" },
  cgroups: [{ hierarchy: "v2", path: "/a", files: { "memory.max": "1" } }],
};
const output = Buffer.from(encodeReading(small, NONCE), "latin1");
const snapshot = Buffer.from(JSON.stringify(syntheticSnapshot({ pods: 1 })));
const recording = readFileSync(recordedPath("cri-o-after-kill"));
const records = Object.entries((JSON.parse(recordedTexts(READ[0])["reading.json"] as string) as Reading).files);
const KEY = `AAAAC3NzaC1lZDI1NTE5AAAAI${"A".repeat(43)}`;
const knownHosts = Buffer.from(
  `host,10.0.0.* ssh-ed25519 ${KEY}\n|1|c2FsdA==|aGFzaA== ssh-ed25519 ${KEY}\n@revoked * ssh-rsa ${KEY}\n`,
);
const sshConfig = Buffer.from(
  "Host a b?* !c\n  HostName %h.example\n  Port 22\n  ProxyJump x@y:1\nMatch host a user b\n  IdentityFile ~/.ssh/%u\n",
);
const pins = Buffer.from(
  '{"schema":"podglass.pins/1","pod":{"uid":"x","name":"a"},"pins":[{"type":"net","path":"/run/x","inode":1}]}',
);

const doors: Record<string, { share: number; run: Door }> = {
  frames: {
    share: 700,
    run: async () => {
      const reader = new FrameReader(NONCE);
      const lines = Array.from({ length: 1 + random.below(6) }, () => record(NONCE)).join("");
      for await (const frame of feedSliced(
        reader,
        Buffer.from(`${NONCE}.23 begin 1 whole quick 1 1\n${lines}`, "latin1"),
      ))
        reader.reading(frame);
      assemble(reader.reading({ takenAt: small.takenAt, lost: 0 }));
    },
  },
  "probe outputs": {
    share: 100,
    run: async () => void (await parseProbeText(once(spoiled(output))).then(assemble, refused)),
  },
  recordings: {
    share: 4,
    run: async (folder) => {
      const path = file(folder, "x.podglass", spoiled(recording));
      const opened = await openRecording(path).catch(refused);
      if (!opened) return;
      await opened.at(0).catch(refused);
      await opened.close();
    },
  },
  "snapshot files": {
    share: 40,
    run: async (folder) => void (await openFile(file(folder, "x.json", spoiled(snapshot))).catch(refused)),
  },
  known_hosts: {
    share: 60,
    run: async () =>
      void judge(
        parseKnownHosts(spoiled(knownHosts).toString("utf8"), "known_hosts"),
        "host",
        22,
        Buffer.from(KEY, "base64"),
      ),
  },
  manifests: {
    share: 60,
    run: async () => {
      const text = spoiled(pins).toString("utf8");
      parsePinsManifest(text);
      parseLabManifest(text);
    },
  },
  "runtime records": {
    share: 16,
    run: async () => {
      const [path, text] = pick(records);
      assemble({ ...small, files: { [path]: spoiled(Buffer.from(text)).toString("utf8") } });
    },
  },
  ssh_config: {
    share: 20,
    run: async (folder) => {
      const path = file(folder, "config", spoiled(sshConfig));
      try {
        settingsFor(parseTarget("a"), readConfig(path), { configFile: path });
      } catch (error) {
        // A sentence for a person, never a fault of ours.
        if (error instanceof TypeError || error instanceof RangeError) throw error;
      }
    },
  },
};

/** A request line or a WebSocket's first bytes at the server's door; whatever it answers, it must go on answering. */
const request = (port: number): Promise<void> =>
  new Promise((resolve) => {
    const head = Buffer.from(
      `${pick(["GET", "POST", "OPTIONS"])} ${pick(["/", "//", "/talk", "/?token=x", "http://x/", "*"])} HTTP/1.1\r\nHost: ${pick(["127.0.0.1", "evil", ""])}\r\n${pick(["", "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n", "Cookie: a=b\r\n"])}Connection: close\r\n\r\n\x81\x85abcd`,
    );
    const socket = connect(port, "127.0.0.1", () => socket.end(spoiled(head)));
    socket
      .on("error", () => resolve())
      .on("close", () => resolve())
      .setTimeout(2000, () => socket.destroy());
    socket.resume();
  });

export async function run(): Promise<{ passed: number; failures: string[] }> {
  const folder = mkdtempSync(join(tmpdir(), "podglass-fuzz-"));
  const total = Number(process.env.FUZZ_INPUTS ?? 200_000);
  const failures: string[] = [];
  const counts: Record<string, number> = { "HTTP requests": 0 };
  const bag = Object.entries(doors).flatMap(([name, { share }]) => Array<string>(share).fill(name));
  const inspector = new Inspector({ stateDir: join(folder, "state"), actions: "confirm" });
  writeFileSync(join(folder, "index.html"), "");
  const server = await startServer({ inspector, folder, lingerMs: 600_000 });
  const port = Number(new URL(server.url).port);
  let late = 0;
  let last = performance.now();
  const pulse = setInterval(() => {
    late = Math.max(late, performance.now() - last - 50);
    last = performance.now();
  }, 50);
  const began = performance.now();
  for (let input = 0; input < total && failures.length < 20; input++) {
    const name = input % 50 === 0 ? "HTTP requests" : pick(bag);
    counts[name] = (counts[name] ?? 0) + 1;
    await (name === "HTTP requests" ? request(port) : doors[name]?.run(folder))?.catch((error: unknown) => {
      failures.push(
        `${name}, input ${input}, seed ${seed}: ${error instanceof Error ? error.stack?.slice(0, 500) : String(error)}`,
      );
    });
    if (input % 500 === 0) await new Promise(setImmediate);
  }
  clearInterval(pulse);
  const memory = Math.round(process.memoryUsage().rss / 1024 / 1024);
  const status = await fetch(`http://127.0.0.1:${port}/`).then(
    ({ status }) => status,
    () => 0,
  );
  if (status !== 403 && status !== 404) failures.push(`the server answers ${status} afterwards`);
  if (late > 2000) failures.push(`the thread was held for ${Math.round(late)} ms`);
  if (memory > 1024) failures.push(`${memory} MiB of memory`);
  await server.close();
  await inspector.close();
  rmSync(folder, { recursive: true });
  console.log(
    `${Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(
        ", ",
      )}; seed ${seed}; ${Math.round((performance.now() - began) / 1000)} s; thread held for at most ${Math.round(late)} ms; ${memory} MiB`,
  );
  return { passed: Object.values(counts).reduce((sum, count) => sum + count, 0) - failures.length, failures };
}
