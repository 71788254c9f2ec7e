/** From what a person typed to a Connection: settings, jump hosts one through the other, each checked under its own name. */
import { type Channel, type Connection, ConnectionError, type Interaction } from "../transport/transport.ts";
import { Channels } from "./channels.ts";
import { type HostSettings, type SshOptions, settingsFor } from "./config.ts";
import { type Directive, readConfig } from "./config-file.ts";
import { type Hop, openHop } from "./hop.ts";
import { type Keyring, withKeyring } from "./keyring.ts";
import { limited } from "./limiter.ts";
import { type Answer, answered } from "./match-exec.ts";
import { shareHop } from "./shared-hops.ts";
import { commandSocket, forwardedSocket, tcpSocket } from "./socket.ts";
import { parseTarget, type Target } from "./target.ts";

export type { SshOptions } from "./config.ts";

/** What ssh adds to a Connection. */
export interface SshConnection extends Connection {
  /** How many commands the server runs at once, as far as it is known; infinite until it refused one. */
  readonly capacity: number;
  onCrowded(listener: () => void): () => void;
  /** Keywords of ssh_config that are set for this host and not followed. */
  readonly unsupported: readonly string[];
}

const MAX_HOPS = 8;

/**
 * Connects and logs in. Throws ConnectionError: "config", "unreachable", "timeout", "hostkey", "login" or "cancelled".
 * Nothing is left open then.
 */
export async function connectSsh(
  target: string,
  options: SshOptions,
  interaction: Interaction,
  signal?: AbortSignal,
): Promise<SshConnection> {
  const lines = readConfig(options.configFile);
  const chain = await answered((answer) => planRoute(parseTarget(target), lines, options, answer));
  const abort = new AbortController();
  const giveUp = () => abort.abort();
  signal?.addEventListener("abort", giveUp);
  if (signal?.aborted) giveUp();
  try {
    return connectionOver(await withKeyring((keyring) => openRoute(chain, interaction, keyring, abort.signal)));
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

/** The last host of a route, through those before it, which are shared with whoever goes the same way. */
async function openRoute(
  route: readonly HostSettings[],
  interaction: Interaction,
  keyring: Keyring,
  signal: AbortSignal,
): Promise<Hop> {
  const last = route.at(-1) as HostSettings;
  const way = route.slice(0, -1);
  const jump = way.at(-1);
  const before =
    jump &&
    (await shareHop(JSON.stringify(way), jump.alias, signal, (shared) => openRoute(way, interaction, keyring, shared)));
  const place = [...way, last].map(({ hostName, port }) => `${hostName}:${port}`).join(" ");
  const hop = await limited(place, signal, () => openNext(last, before, interaction, keyring, signal)).catch(
    (error: unknown) => {
      before?.close();
      throw error;
    },
  );
  if (before === undefined) return hop;
  // When a host before it goes, the last one goes too; the cause is the first that was seen.
  let closing = false;
  const closed = Promise.race([before.closed, hop.closed]).then((why) => {
    hop.close();
    before.close();
    return closing ? null : why;
  });
  return {
    ...hop,
    unsupported: [...new Set([...before.unsupported, ...hop.unsupported])],
    closed,
    close: () => {
      closing = true;
      hop.close();
      before.close();
    },
  };
}

async function openNext(
  settings: HostSettings,
  before: Hop | undefined,
  interaction: Interaction,
  keyring: Keyring,
  signal: AbortSignal,
): Promise<Hop> {
  if (settings.unsupported.length > 0)
    interaction.progress(
      `${settings.alias}: Podglass does not follow ${settings.unsupported.join(", ")} of ssh_config`,
    );
  interaction.progress(
    before ? `connecting to ${settings.alias} through ${before.settings.alias}` : `connecting to ${settings.alias}`,
  );
  if (signal.aborted) throw new ConnectionError("cancelled", `Connecting to ${settings.alias} was given up.`);
  if (before) {
    const first = await Promise.race([
      forwardedSocket(before.client, before.settings.alias, settings),
      before.closed.then(
        (why) => why ?? new ConnectionError("lost", `The connection to ${before.settings.alias} ended.`),
      ),
      new Promise<Error>((resolve) =>
        signal.addEventListener(
          "abort",
          () => resolve(new ConnectionError("cancelled", `Connecting to ${settings.alias} was given up.`)),
          { once: true },
        ),
      ),
    ]);
    if (first instanceof Error) throw first;
    return openHop(first, settings, interaction, keyring, signal);
  }
  const socket =
    settings.proxyCommand === null ? await tcpSocket(settings, signal) : commandSocket(settings.proxyCommand, settings);
  return openHop(socket, settings, interaction, keyring, signal);
}

/** Hosts in the order in which they are passed; the last is the target. A first hop's own ProxyJump comes before it, as in ssh. */
export function planRoute(
  target: Target,
  lines: readonly Directive[],
  options: SshOptions,
  answer: Answer,
): HostSettings[] {
  const last = settingsFor(target, lines, options, answer);
  let route: HostSettings[] = [...last.jump.map((hop) => settingsFor(hop, lines, options, answer, "hop")), last];
  for (let first = route[0]; first && first !== last && first.jump.length > 0; first = route[0]) {
    route = [...first.jump.map((hop) => settingsFor(hop, lines, options, answer, "hop")), ...route];
    if (route.length > MAX_HOPS)
      throw new ConnectionError(
        "config",
        `The way to ${target.host} has more than ${MAX_HOPS} hosts; do two of them name each other in ProxyJump?`,
      );
  }
  return route;
}

function connectionOver(hop: Hop): SshConnection {
  const label = `${hop.settings.user}@${hop.settings.alias}`;
  const channels = new Channels(hop.client, label, hop.closed);
  return {
    label,
    user: hop.settings.user,
    exec: (command: string): Promise<Channel> => channels.exec(command),
    terminal: (command, size) => channels.terminal(command, size),
    closed: hop.closed,
    close: hop.close,
    get capacity() {
      return channels.capacity;
    },
    onCrowded: (listener) => channels.onCrowded(listener),
    unsupported: hop.unsupported,
  };
}
