/** Documents that findings and lessons cite: the only addresses that the window can have opened, in the person's own browser. */
const HOSTS = new Set([
  "docs.kernel.org",
  "www.kernel.org",
  "man7.org",
  "kubernetes.io",
  "github.com",
  "systemd.io",
  "www.freedesktop.org",
  "containerd.io",
  "cri-o.io",
  "docs.docker.com",
  "docs.podman.io",
  "podman.io",
]);

export function mayOpenOutside(address: string): boolean {
  try {
    const url = new URL(address);
    return (
      url.protocol === "https:" &&
      HOSTS.has(url.hostname) &&
      url.port === "" &&
      url.username === "" &&
      url.password === ""
    );
  } catch {
    return false;
  }
}
