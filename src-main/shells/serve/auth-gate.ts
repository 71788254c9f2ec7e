/**
 * Who may come in to `podglass serve`: whoever brings the token of the printed address, once, and then the browser
 * that got the cookie for it. Everybody else is answered with an empty 403 and learns nothing.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

export type Entry =
  /** With the token: set this cookie and send the browser to the page. */
  | { kind: "exchange"; cookie: string; location: string }
  /** With the cookie: the path below the secret folder, "" for the page itself. */
  | { kind: "inside"; path: string }
  /** With the right token, after somebody else has used it. */
  | { kind: "spent" }
  | { kind: "refused" };

export class AuthGate {
  readonly #token = secret();
  #spent = false;
  readonly #session = secret();
  /** The page lives below an unguessable folder and the cookie holds for it alone: cookies do not tell ports apart, so another server on 127.0.0.1 must not be sent ours. */
  readonly #folder = `/${randomBytes(12).toString("hex")}/`;
  #host = "";

  /** Once the port is known. */
  listen(port: number): void {
    this.#host = `127.0.0.1:${port}`;
  }

  /** The address to print; its token works once. */
  get address(): string {
    return `http://${this.#host}/?token=${this.#token}`;
  }

  get origin(): string {
    return `http://${this.#host}`;
  }

  /** A page or a file of it. */
  enter(request: IncomingMessage): Entry {
    const refused: Entry = { kind: "refused" };
    if (request.method !== "GET" && request.method !== "HEAD") return refused;
    if (!this.#rightHost(request)) return refused;
    const { origin } = request.headers;
    if (origin !== undefined && origin !== this.origin) return refused;
    const place = placeOf(request);
    if (place === null) return refused;
    if (place.pathname === "/" && place.token !== null) {
      if (request.method !== "GET" || !same(place.token, this.#token)) return refused;
      if (this.#spent) return { kind: "spent" };
      this.#spent = true;
      return {
        kind: "exchange",
        cookie: `podglass=${this.#session}; HttpOnly; SameSite=Strict; Path=${this.#folder}`,
        location: this.#folder,
      };
    }
    // A page elsewhere may not even load a picture or a script from here.
    const site = request.headers["sec-fetch-site"];
    if (site !== undefined && site !== "same-origin" && site !== "none") return refused;
    if (!place.pathname.startsWith(this.#folder) || !this.#hasCookie(request)) return refused;
    return { kind: "inside", path: decode(place.pathname.slice(this.#folder.length)) };
  }

  /** The WebSocket: cookie, host and, always, our own origin (a page elsewhere cannot leave it out or forge it). */
  admitsSocket(request: IncomingMessage): boolean {
    return (
      this.#rightHost(request) &&
      request.headers.origin === this.origin &&
      placeOf(request)?.pathname === `${this.#folder}socket` &&
      this.#hasCookie(request)
    );
  }

  /** DNS rebinding: a name that was made to point at 127.0.0.1 still arrives as that name. */
  #rightHost(request: IncomingMessage): boolean {
    return request.headers.host === this.#host;
  }

  #hasCookie(request: IncomingMessage): boolean {
    return (request.headers.cookie ?? "")
      .split(/;\s*/)
      .some((pair) => pair.startsWith("podglass=") && same(pair.slice("podglass=".length), this.#session));
  }
}

/**
 * Path and token of a request line; null where it names no place here. Not by the URL class: it throws on what any page
 * can have a browser send ("//"), and takes "//host/…" for another host.
 */
function placeOf(request: IncomingMessage): { pathname: string; token: string | null } | null {
  const target = request.url ?? "";
  if (!target.startsWith("/")) return null;
  const at = target.indexOf("?");
  if (at < 0) return { pathname: target, token: null };
  return { pathname: target.slice(0, at), token: new URLSearchParams(target.slice(at + 1)).get("token") };
}

/** 256 bits. */
const secret = (): string => randomBytes(32).toString("base64url");

const same = (left: string, right: string): boolean => timingSafeEqual(digest(left), digest(right));
const digest = (text: string): Buffer => createHash("sha256").update(text).digest();

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return "\0";
  }
}
