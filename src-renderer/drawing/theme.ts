/** Token values for painters: a canvas cannot use CSS variables, so they are read once a theme. */
import { NAMESPACE_TYPES, type NamespaceType } from "../../src-shared/model.ts";

export interface Hue {
  mark: string;
  ink: string;
  tint: string;
  on: string;
}

export interface Theme {
  bg: string;
  panel: string;
  sunken: string;
  hover: string;
  line: string;
  line2: string;
  line3: string;
  ink: string;
  ink2: string;
  ink3: string;
  beam: string;
  onBeam: string;
  accent: string;
  accentTint: string;
  bar: string;
  barTrack: string;
  barWarm: string;
  barHot: string;
  bad: string;
  warnMark: string;
  font: string;
  mono: string;
  /** Opacity of what is not under the pointer. */
  dim: number;
  hues: Record<NamespaceType, Hue>;
}

const NAMES = {
  bg: "--bg",
  panel: "--panel",
  sunken: "--sunken",
  hover: "--hover",
  line: "--line",
  line2: "--line-2",
  line3: "--line-3",
  ink: "--ink",
  ink2: "--ink-2",
  ink3: "--ink-3",
  beam: "--beam",
  onBeam: "--on-beam",
  accent: "--accent",
  accentTint: "--accent-tint",
  bar: "--bar",
  barTrack: "--bar-track",
  barWarm: "--bar-warm",
  barHot: "--bar-hot",
  bad: "--bad",
  warnMark: "--warn-mark",
  font: "--font",
  mono: "--mono",
} as const;

/** `read` gives a token's value, resolved. */
function readTheme(read: (name: string) => string): Theme {
  const value = (name: string) => read(name).trim();
  const plain = Object.fromEntries(Object.entries(NAMES).map(([key, name]) => [key, value(name)])) as Record<
    keyof typeof NAMES,
    string
  >;
  const hues = Object.fromEntries(
    NAMESPACE_TYPES.map((type) => [
      type,
      {
        mark: value(`--ns-${type}`),
        ink: value(`--ns-${type}-ink`),
        tint: value(`--ns-${type}-tint`),
        on: value(`--ns-${type}-on`),
      },
    ]),
  ) as Record<NamespaceType, Hue>;
  return { ...plain, dim: Number(value("--dim")) || 0.22, hues };
}

const PLAIN = new Set(["--font", "--mono", "--dim"]);

/**
 * The theme as it is at an element. Colours are read from a probe, since a token may be light-dark(…), which only a
 * colour property resolves. `scheme` forces light or dark, as for what is exported.
 */
export function themeOf(element: Element, scheme?: "light" | "dark"): Theme {
  const probe = document.createElement("span");
  probe.hidden = true;
  if (scheme) probe.style.colorScheme = scheme;
  element.append(probe);
  const style = getComputedStyle(probe);
  const theme = readTheme((name) => {
    if (PLAIN.has(name)) return style.getPropertyValue(name);
    probe.style.color = `var(${name})`;
    return style.color;
  });
  probe.remove();
  return theme;
}

/** Calls back when the theme may have changed: the app's switch, the system's scheme or contrast. Returns an end. */
export function onThemeChange(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme", "data-contrast"] });
  const queries = ["(prefers-color-scheme: dark)", "(prefers-contrast: more)"].map((query) => matchMedia(query));
  for (const query of queries) query.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    for (const query of queries) query.removeEventListener("change", changed);
  };
}
