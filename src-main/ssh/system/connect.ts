/**
 * A login by the system's own ssh: certificates, FIDO keys, GSSAPI, PKCS#11 and whatever its configuration says are its
 * business, host keys too. One ssh stays as the connection (ControlMaster), each command is a channel through it.
 */
import { spawnChannel } from "../../transport/spawned.ts";
import { type Channel, type Connection, ConnectionError, type Interaction } from "../../transport/transport.ts";
import { limited } from "../limiter.ts";
import { shareHop } from "../shared-hops.ts";
import { formatTarget, parseJump, parseTarget, type Target } from "../target.ts";
import { endMaster, lastWords, type Master, type SystemSshOptions, sshWords, startMaster } from "./master.ts";
import { type Passphrases, withPassphrases } from "./passphrases.ts";
import { wayOf } from "./way.ts";

/** What the connection itself runs there: it ends with our stdin, and so with us, however we end. */
const HOLD = "exec cat >/dev/null";
/**
 * A channel over a login that is there. Without its socket ssh would log in anew, with nobody to check and answer for it: no
 * way leads there then, and no configuration.
 */
const over = (socket: string): string[] => [
  ...["-F", "none", "-x", "-a", "-e", "none", "-S", socket],
  ...["ControlMaster=no", "ProxyCommand=false", "LogLevel=ERROR"].flatMap((option) => ["-o", option]),
];
/** How ssh reaches a host behind a shared jump host: what it would do for ProxyJump, over a socket that is there already. */
const THROUGH =
  'ssh -F none -S "$PODGLASS_HOP" -o ControlMaster=no -o ProxyCommand=false -W "[%h]:%p" podglass-shared-hop';
/** ssh's own word for "could not": its commands' statuses are what they are (ssh(1), EXIT STATUS). */
const SSH_FAILED = 255;

/** Throws ConnectionError with what ssh said. Nothing is left running or on disk then. */
export async function connectSystemSsh(
  text: string,
  options: SystemSshOptions,
  interaction: Interaction,
  signal: AbortSignal,
): Promise<Connection> {
  if (process.platform === "win32")
    throw new ConnectionError("config", "The system's ssh is taken on Linux and macOS; here use the built-in one.");
  const target = parseTarget(text);
  const master = await withPassphrases((passphrases) => logIn(target, options, HOLD, passphrases, interaction, signal));
  return overMaster(master, target);
}

/** A login that stays; through a jump host by a login there that all share who go the same way. */
async function logIn(
  target: Target,
  options: SystemSshOptions,
  hold: string | undefined,
  passphrases: Passphrases,
  interaction: Interaction,
  signal: AbortSignal,
): Promise<Master> {
  const words = sshWords(target, options);
  const way = await wayOf(words, target.host);
  const hop =
    way?.jump === undefined ? undefined : await hopBefore(way.jump, options, passphrases, interaction, signal);
  const through = hop === undefined ? [] : ["-o", `ProxyCommand=${THROUGH}`];
  // ssh takes no ProxyCommand where it was told -J.
  const own = hop === undefined ? words : [...through, ...sshWords(target, { ...options, jump: undefined })];
  const place = hop === undefined ? way?.first : `${way?.jump} ${way?.server}`;
  try {
    const master = await limited(place ?? target.host, signal, () =>
      startMaster(target, own, { ...process.env, ...hop?.env }, hold, passphrases.forLogin(interaction), signal),
    );
    if (hop === undefined) return master;
    void master.channel.exit.then(hop.close);
    return master;
  } catch (error) {
    hop?.close();
    throw error;
  }
}

/**
 * The jump host next to a target, logged in to once for all behind it, with the words that ssh itself would give it:
 * those of ssh_config, and none that were for the target. Undefined where ssh_config shares that login already.
 */
async function hopBefore(
  jump: string,
  { configFile, batch }: SystemSshOptions,
  passphrases: Passphrases,
  interaction: Interaction,
  signal: AbortSignal,
): Promise<{ env: Record<string, string>; close(): void } | undefined> {
  // A token (%h) is the target's, and ssh puts it in where it goes the way itself.
  const hop = jump.includes("%") ? undefined : parseJump(jump).at(-1);
  if (hop === undefined) return undefined;
  const before = jump.split(",").slice(0, -1).join(",");
  const options: SystemSshOptions = { configFile, batch, ...(before === "" ? {} : { jump: before }) };
  const way = await wayOf(sshWords(hop, options), hop.host);
  if (way === undefined || way.shares) return undefined;
  const { socket, close } = await shareHop(
    JSON.stringify(["ssh", jump, configFile, batch]),
    formatTarget(hop),
    signal,
    async (shared) => {
      const master = await logIn(hop, options, undefined, passphrases, interaction, shared);
      return {
        socket: master.socket,
        closed: master.channel.exit.then(() => null),
        close: () => endMaster(master),
      };
    },
  );
  return { env: { PODGLASS_HOP: socket }, close };
}

function overMaster(master: Master, { user = "the login", host }: Target): Connection {
  const { label, socket, env, clear, said } = master;
  const channels = new Set<Channel>();
  let closing = false;
  let lost: ConnectionError | undefined;
  const closed = master.channel.exit.then(() => {
    for (const channel of channels) channel.kill();
    clear();
    if (closing) return null;
    lost = new ConnectionError("lost", `The connection to ${label} was lost: ${lastWords(said()) || "ssh ended"}.`);
    return lost;
  });
  const start = async (terminal: readonly string[], command: string): Promise<Channel> => {
    if (closing) throw new ConnectionError("lost", `the connection to ${label} was closed`);
    if (lost !== undefined) throw lost;
    const channel = spawnChannel(["ssh", ...over(socket), ...terminal, "--", host, command], env);
    channels.add(channel);
    const exit = channel.exit.then(({ code, signal }) => {
      channels.delete(channel);
      return { code: code === SSH_FAILED ? null : code, signal };
    });
    return { ...channel, exit };
  };
  return {
    label,
    user,
    closed,
    exec: (command) => start(["-T"], command),
    // Our stdin is no terminal, so ssh knows no size and no keys of its own: the script there is told.
    terminal: (command) => start(["-tt"], command),
    close() {
      closing = true;
      for (const channel of channels) channel.kill();
      endMaster(master);
    },
  };
}
