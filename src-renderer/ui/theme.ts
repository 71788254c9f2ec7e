import { isText, useSettings } from "../state/settings.ts";

export const THEMES = ["system", "light", "dark"] as const;
export const CONTRASTS = ["system", "normal", "more"] as const;

const more = matchMedia("(prefers-contrast: more)");

function apply(): void {
  const { theme, contrast } = useSettings.getState().values;
  const root = document.documentElement;
  if (theme === "light" || theme === "dark") root.dataset.theme = theme;
  else delete root.dataset.theme;
  const sharp =
    contrast === "more" ||
    (contrast !== "normal" && isText(contrast) === false && more.matches) ||
    (contrast === "system" && more.matches);
  if (sharp) root.dataset.contrast = "hc";
  else delete root.dataset.contrast;
}

/** Keeps :root's data-theme and data-contrast as the person's settings and the system ask. */
export function followTheme(): void {
  apply();
  useSettings.subscribe(apply);
  more.addEventListener("change", apply);
}

/** What a token is just now, as a colour a canvas or an exported file can use. `scheme` forces light or dark. */
export function colours<T extends string>(names: readonly T[], scheme?: "light" | "dark"): Record<T, string> {
  const probe = document.createElement("span");
  if (scheme) probe.style.colorScheme = scheme;
  document.body.append(probe);
  const out = {} as Record<T, string>;
  for (const name of names) {
    probe.style.color = `var(${name})`;
    out[name] = getComputedStyle(probe).color;
  }
  probe.remove();
  return out;
}
