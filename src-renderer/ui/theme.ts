import { isText, useSettings } from "../state/settings.ts";

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
