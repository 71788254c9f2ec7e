/**
 * A place in the window as text that can be sent: `podglass://open/TARGET/VIEW?pod=shop/web&if=…`. The same stands behind
 * the # of the address. A node is named as it was typed, since ids are of this start only.
 */
export interface Link {
  target?: string;
  view: string;
  params: Record<string, string>;
}

const SCHEME = "podglass://open";
/** What leads to the same thing elsewhere; the rest of a page's parameters are of this window. */
const KEPT = ["pod", "tab", "if", "at", "finding", "severity", "lesson", "step", "by"] as const;
const LONGEST = 8192;

/** "/demo%3Asick/pod?pod=shop%2Fweb"; "-" stands for no node. */
export function placeText({ target, view, params }: Link): string {
  const query = new URLSearchParams();
  for (const name of KEPT) if (params[name] !== undefined) query.set(name, params[name]);
  const asked = query.toString();
  return `/${target === undefined ? "-" : encodeURIComponent(target)}/${view}${asked === "" ? "" : `?${asked}`}`;
}

export const linkText = (link: Link): string => `${SCHEME}${placeText(link)}`;

/** Of a link, or of an address's "#…"; undefined where it is none. It may come from anybody: nothing is done by it alone. */
export function parseLink(text: string): Link | undefined {
  const place = text.startsWith(SCHEME) ? text.slice(SCHEME.length) : text.startsWith("#") ? text.slice(1) : "";
  const [, name = "", view = "", asked = ""] = /^\/([^/?#]+)\/([a-z]{1,32})(?:\?([^#]*))?$/.exec(place) ?? [];
  if (text.length > LONGEST || view === "") return undefined;
  const query = new URLSearchParams(asked);
  const params: Record<string, string> = {};
  for (const key of KEPT) {
    const value = query.get(key);
    if (value !== null && value !== "") params[key] = value;
  }
  try {
    const target = decodeURIComponent(name);
    return target === "-" ? { view, params } : { target, view, params };
  } catch {
    return undefined;
  }
}
