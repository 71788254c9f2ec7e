/** One authenticated ssh connection to one host, over a stream that leads there. */
import type { Duplex } from "node:stream";
import ssh2, { type Client } from "ssh2";
import { ConnectionError, type Interaction } from "../transport/transport.ts";
import { algorithmLists } from "./algorithms.ts";
import { watchAlive } from "./alive.ts";
import type { HostSettings } from "./config.ts";
import { HostKeyCheck } from "./host-key.ts";
import type { Keyring } from "./keyring.ts";
import { Login } from "./login.ts";

export interface Hop {
  client: Client;
  settings: HostSettings;
  /** Keywords of ssh_config that are set on the way there and not followed. */
  unsupported: readonly string[];
  /** Why it ended; null when it was closed on purpose. */
  closed: Promise<Error | null>;
  close(): void;
}

/** Longest wait for a server that has the connection but does not answer the handshake or a login. */
const HANDSHAKE_MS = 20_000;

/** Throws ConnectionError; the stream is closed then. */
export async function openHop(
  socket: Duplex,
  settings: HostSettings,
  interaction: Interaction,
  keyring: Keyring,
  signal: AbortSignal,
): Promise<Hop> {
  // The stream may fail before ssh2 listens to it; an error that nobody hears would end the whole app.
  let early: Error | null = null;
  socket.on("error", (error) => {
    early ??= error;
  });
  // Questions of this login are taken back when it is over, whichever way.
  const over = new AbortController();
  const check = await HostKeyCheck.open(settings, interaction, over.signal).catch((error: unknown) => {
    socket.destroy();
    throw error;
  });
  if (early || socket.destroyed) throw asConnectionError(early ?? lostEarly(settings), settings, null, false);
  const client = new ssh2.Client();
  return new Promise<Hop>((resolve, reject) => {
    let settled = false;
    let closing = false;
    let cause: Error | null = null;
    let stopWatching = () => {};
    const clock = pausableClock(HANDSHAKE_MS, () =>
      fail(
        new ConnectionError(
          "timeout",
          `${settings.alias} took the connection but did not answer within ${HANDSHAKE_MS / 1000} s. Is it an ssh server, and is it overloaded?`,
        ),
      ),
    );
    const login = new Login(settings, interaction, keyring, clock.pause, over.signal);
    let ended: (why: Error | null) => void = () => {};
    const closed = new Promise<Error | null>((done) => {
      ended = done;
    });

    const fail = (error: Error) => {
      cause ??= error;
      if (!settled) {
        settled = true;
        finish();
        reject(cause);
      }
      client.destroy();
      socket.destroy();
    };
    const finish = () => {
      over.abort();
      clock.stop();
      signal.removeEventListener("abort", aborted);
      login.forget();
    };
    const aborted = () => fail(new ConnectionError("cancelled", `Connecting to ${settings.alias} was given up.`));
    signal.addEventListener("abort", aborted);
    if (signal.aborted) return aborted();

    client.on("error", (error: Error & { level?: string }) => {
      // A key that the agent or a person would not sign with: ssh2 goes on with the next one by itself.
      if (error.level === "agent") return;
      fail(asConnectionError(error, settings, login, settled));
    });
    client.on("close", () => {
      stopWatching();
      if (!settled) fail(lostEarly(settings));
      ended(
        closing
          ? null
          : (cause ??
              new ConnectionError("lost", `The connection to ${settings.alias} ended: the other side closed it.`)),
      );
    });
    client.on("handshake", () => {
      void check.remember();
      interaction.progress(`logging in to ${settings.alias} as ${settings.user}`);
    });
    client.on("connect", () => {
      stopWatching = watchAlive(socket, settings.aliveGiveUpMs, (silentMs) => {
        if (settled)
          fail(
            new ConnectionError(
              "lost",
              `${settings.alias} has not answered for ${Math.round(silentMs / 1000)} s: the connection is taken for lost.`,
            ),
          );
      });
    });
    client.once("ready", () => {
      settled = true;
      finish();
      resolve({
        client,
        settings,
        unsupported: settings.unsupported,
        closed,
        close: () => {
          closing = true;
          client.end();
          socket.destroy();
        },
      });
    });

    interaction.progress(`checking the host key of ${settings.alias}`);
    client.connect({
      sock: socket as never,
      username: settings.user,
      readyTimeout: 0,
      keepaliveInterval: settings.aliveIntervalMs,
      keepaliveCountMax: Number.MAX_SAFE_INTEGER,
      algorithms: algorithmLists(settings, check.algorithms()),
      hostVerifier: (key: Buffer, accept: (yes: boolean) => void) => {
        clock.pause(true);
        check.verify(key).then(
          () => {
            clock.pause(false);
            if (!settled || !cause) accept(true);
          },
          (error: Error) => fail(error),
        );
      },
      authHandler: login.next,
      debug: login.heard,
    });
  });
}

function asConnectionError(
  error: Error & { level?: string },
  settings: HostSettings,
  login: Login | null,
  wasReady: boolean,
): ConnectionError {
  if (error instanceof ConnectionError) return error;
  const tooMany = /too many authentication failures/i.test(error.message);
  if (login && (error.level === "client-authentication" || tooMany))
    return new ConnectionError(login.cancelled ? "cancelled" : "login", login.refusal(tooMany));
  if (wasReady)
    return new ConnectionError("lost", `The connection to ${settings.alias} was lost: ${error.message}.`, {
      cause: error,
    });
  if (/no matching/i.test(error.message))
    return new ConnectionError(
      "unreachable",
      `${settings.alias} and Podglass have no common way to encrypt (${error.message.replace("Handshake failed: ", "")}). The server may be very old; ssh -vv shows what it offers.`,
    );
  if (error.message === "Connection lost before handshake") return lostEarly(settings);
  return new ConnectionError(
    "unreachable",
    `The connection to ${settings.alias} failed while it was being set up: ${error.message}.`,
    { cause: error },
  );
}

const lostEarly = (settings: HostSettings): ConnectionError =>
  new ConnectionError(
    "unreachable",
    `${settings.alias} closed the connection before the login was done. Its sshd may limit logins (MaxStartups, fail2ban, AllowUsers); its log says why.`,
  );

/** A deadline that stands still while a person is asked. */
function pausableClock(ms: number, over: () => void): { pause(yes: boolean): void; stop(): void } {
  let timer: NodeJS.Timeout | null = setTimeout(over, ms);
  let waiting = 0;
  let stopped = false;
  return {
    pause(yes) {
      waiting += yes ? 1 : -1;
      if (timer) clearTimeout(timer);
      timer = waiting === 0 && !stopped ? setTimeout(over, ms) : null;
    },
    stop() {
      stopped = true;
      if (timer) clearTimeout(timer);
    },
  };
}
