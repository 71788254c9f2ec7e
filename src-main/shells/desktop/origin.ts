/** The one origin that the window has. A scheme of our own instead of file:, which would share an origin with every file. */
export const SCHEME = "podglass";
const ORIGIN = `${SCHEME}://app`;
export const START_PAGE = `${ORIGIN}/index.html`;

/** True only for pages of this app: same scheme, same host, no user, no port. */
export function isOurs(address: string): boolean {
  try {
    const url = new URL(address);
    return url.protocol === `${SCHEME}:` && url.host === "app" && url.username === "" && url.password === "";
  } catch {
    return false;
  }
}
