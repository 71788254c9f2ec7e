/**
 * Calls back when the screen's pixels per CSS pixel change: the page was zoomed, or its window moved to another screen.
 * A media query knows one ratio only, so each change asks anew. Gives the function that stops it.
 */
export function onPixelRatioChange(changed: () => void): () => void {
  let query: MediaQueryList | undefined;
  const listen = () => {
    query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
    query.addEventListener("change", heard, { once: true });
  };
  const heard = () => {
    listen();
    changed();
  };
  listen();
  return () => query?.removeEventListener("change", heard);
}
