/** Every namespace type the kernel has, in the one order Podglass shows them. */
export const NAMESPACE_TYPES = ["net", "ipc", "uts", "pid", "mnt", "cgroup", "user", "time"] as const;
export type NamespaceType = (typeof NAMESPACE_TYPES)[number];
