/** podman of an ordinary user: a user made for it, with its own storage and, where newuidmap is there, subordinate ids. */
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { BUSYBOX, buildImages } from "./images.ts";
import { enterRoom, kill, missing, type Room, run, until } from "./room.ts";

const cannotRootless = (): string | undefined =>
  missing({ podman: "podman", runc: "runc", conmon: "conmon", "/usr/bin/catatonit": "catatonit", useradd: "passwd" }) ??
  (onPath("newuidmap") ? undefined : "there is no newuidmap here (Debian: uidmap)");

/** Whether it is where a program looks that is started from here. */
export const onPath = (program: string): boolean =>
  (process.env.PATH ?? "").split(":").some((folder) => statSync(`${folder}/${program}`, { throwIfNoEntry: false }));

export interface RootlessNode {
  room: Room;
  uid: number;
  /** The first of its 65536 subordinate ids. */
  first: number;
  podman(...args: string[]): Promise<string>;
  container(pod: string, name: string, command?: readonly string[]): Promise<string>;
  close(): Promise<void>;
}

const FIRST = 424_242_432;

/** Throws with the reason when it cannot be made; nothing is left then. */
export async function makeRootless(): Promise<RootlessNode> {
  const cannot = cannotRootless();
  if (cannot) throw new Error(cannot);
  const room = await enterRoom("rootless");
  const { dir, id: user } = room;
  chmodSync(dir, 0o711);
  try {
    const home = `${dir}/home`;
    await run("useradd", ["-M", "-d", home, "-s", "/bin/sh", user]);
    const uid = Number(await run("id", ["-u", user]));
    const gid = Number(await run("id", ["-g", user]));
    room.before(() => removeUser(user, uid));
    await run("usermod", [
      "--add-subuids",
      `${FIRST}-${FIRST + 65_535}`,
      "--add-subgids",
      `${FIRST}-${FIRST + 65_535}`,
      user,
    ]);
    for (const folder of [home, `${dir}/runtime`, `${dir}/tmp`]) {
      mkdirSync(folder, { mode: 0o700 });
      chownSync(folder, uid, gid);
    }
    writeFileSync(
      `${dir}/storage.conf`,
      `[storage]\ndriver = "overlay"\ngraphroot = "${home}/graph"\nrunroot = "${dir}/runtime/run"\n`,
    );
    writeFileSync(
      `${dir}/containers.conf`,
      `[containers]\ndefault_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]\n[engine]\ncgroup_manager = "cgroupfs"\nruntime = "runc"\nevents_logger = "file"\nlock_type = "file"\n`,
    );
    const env = {
      HOME: home,
      USER: user,
      XDG_RUNTIME_DIR: `${dir}/runtime`,
      TMPDIR: `${dir}/tmp`,
      CONTAINERS_CONF: `${dir}/containers.conf`,
      CONTAINERS_STORAGE_CONF: `${dir}/storage.conf`,
    };
    const as = ["--reuid", String(uid), "--regid", String(gid), "--init-groups", "podman"];
    const podman = (...args: string[]) => run("setpriv", [...as, ...args], { env, cwd: home, timeoutMs: 120_000 });
    room.before(async () => {
      await podman("pod", "rm", "-f", "-t", "0", "-a");
    });
    const images = await buildImages(`${dir}/images`);
    chmodSync(images.busybox, 0o644);
    await podman("load", "-q", "-i", images.busybox);
    return {
      room,
      uid,
      first: FIRST,
      podman,
      container: async (pod, name, command = []) =>
        (await podman("run", "-d", "--pod", pod, "--name", name, BUSYBOX, ...command)).trim(),
      close: () => room.leave(),
    };
  } catch (error) {
    await room.leave();
    throw error;
  }
}

/** Its processes first, podman's own that holds its user namespace among them. */
async function removeUser(user: string, uid: number): Promise<void> {
  const theirs = () =>
    readdirSync("/proc").filter((name) => {
      try {
        return (
          /^\d+$/.test(name) && Number(/^Uid:\s+(\d+)/m.exec(readFileSync(`/proc/${name}/status`, "utf8"))?.[1]) === uid
        );
      } catch {
        return false;
      }
    });
  await until(`the processes of ${user} to end`, () => {
    const pids = theirs();
    for (const pid of pids) kill(Number(pid));
    return pids.length === 0;
  });
  await run("userdel", [user]);
}
