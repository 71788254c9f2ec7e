/** Two small images made here from busybox and the lab's own pause, without a registry, as docker-archive tars. */
import { createHash } from "node:crypto";
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { arch } from "node:os";
import { join, resolve } from "node:path";
import { run } from "./room.ts";

export const BUSYBOX = "docker.io/podglass/busybox:1";
export const PAUSE = "registry.k8s.io/pause:3.6";
const repository = resolve(import.meta.dirname, "../..");

export interface Images {
  busybox: string;
  pause: string;
}

export async function buildImages(folder: string): Promise<Images> {
  mkdirSync(folder, { recursive: true });
  const images = { busybox: join(folder, "busybox.tar"), pause: join(folder, "pause.tar") };
  await archive(
    await busyboxTree(join(folder, "busybox")),
    BUSYBOX,
    { Cmd: ["/bin/sleep", "1000000"] },
    images.busybox,
  );
  await archive(pauseTree(join(folder, "pause")), PAUSE, { Entrypoint: ["/pause"] }, images.pause);
  return images;
}

async function busyboxTree(tree: string): Promise<string> {
  const program = ["/usr/bin/busybox", "/bin/busybox"].find((path) => existsSync(path));
  if (!program) throw new Error("there is no busybox here (Debian: busybox-static)");
  for (const folder of ["bin", "etc", "proc", "sys", "tmp", "dev"]) mkdirSync(join(tree, folder), { recursive: true });
  copyFileSync(program, join(tree, "bin/busybox"));
  for (const applet of (await run(program, ["--list"])).split("\n").filter(Boolean)) {
    if (applet !== "busybox") symlinkSync("busybox", join(tree, "bin", applet));
  }
  writeFileSync(join(tree, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\n");
  // N children that end while their parent, a plain sleep by then, never waits for them.
  script(
    join(tree, "bin/zombies"),
    'n=3; [ $# = 0 ] || n=$1; while [ "$n" -gt 0 ]; do sleep 0.2 & n=$((n-1)); done; exec sleep 1000000',
  );
  // Every second a process whose parent is gone: it falls to pid 1 of its PID namespace, which reaps it or does not.
  script(join(tree, "bin/orphans"), "while :; do (sleep 0.2 &); sleep 1; done");
  // Listens on a TCP port until it is ended.
  script(join(tree, "bin/listen"), 'exec httpd -f -p "$1"');
  return tree;
}

const script = (path: string, text: string): void => writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });

function pauseTree(tree: string): string {
  mkdirSync(tree, { recursive: true });
  const machine = arch() === "arm64" ? "aarch64" : "x86_64";
  const text = readFileSync(join(repository, `assets/pause/pause-${machine}.b64`), "utf8");
  writeFileSync(join(tree, "pause"), Buffer.from(text, "base64"));
  chmodSync(join(tree, "pause"), 0o755);
  return tree;
}

/** A folder as a one-layer docker-archive: moby image/tarexport. */
async function archive(tree: string, name: string, config: Record<string, unknown>, out: string): Promise<void> {
  const work = `${tree}.pack`;
  mkdirSync(work, { recursive: true });
  const layer = join(work, "layer.tar");
  await run("tar", ["--sort=name", "--mtime=@0", "--owner=0", "--group=0", "-C", tree, "-cf", layer, "."]);
  const digest = createHash("sha256").update(readFileSync(layer)).digest("hex");
  const image = JSON.stringify({
    architecture: arch() === "arm64" ? "arm64" : "amd64",
    os: "linux",
    created: "2024-01-01T00:00:00Z",
    config: { Env: ["PATH=/bin"], ...config },
    rootfs: { type: "layers", diff_ids: [`sha256:${digest}`] },
    history: [{ created: "2024-01-01T00:00:00Z" }],
  });
  const id = createHash("sha256").update(image).digest("hex");
  writeFileSync(join(work, `${id}.json`), image);
  mkdirSync(join(work, digest));
  renameSync(layer, join(work, digest, "layer.tar"));
  const manifest = [{ Config: `${id}.json`, RepoTags: [name], Layers: [`${digest}/layer.tar`] }];
  writeFileSync(join(work, "manifest.json"), JSON.stringify(manifest));
  await run("tar", ["-C", work, "-cf", out, "manifest.json", `${id}.json`, `${digest}/layer.tar`]);
}
