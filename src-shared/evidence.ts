/** Every line of evidence that assemble/ gives, as sentences with parts (sentences.ts): of a sandbox, and of whose a pod is. */

export const SANDBOX_EVIDENCE = {
  restored: "{path}: restored, pid {pid}, start {ticks}",
  process: "/proc/{pid}: {comm}",
  "process-alone": "/proc/{pid}",
  "record-pid": "{path}: pid {pid}",
  "empty-group": "empty cgroup {path}",
  annotation: "annotation {name} in {path}",
  "dropped-by-podglass": "{path}: dropped",
  "made-without": "{path}: no pause process was made",
  "no-pid": "{path}: no pid",
  pin: "pin {path}",
  "no-sandbox": "{path}: names no sandbox",
  elsewhere: "{path}: pid {pid} lives, but in group {group}",
  "elsewhere-unread": "{path}: pid {pid} lives, but in group that could not be read",
  gone: "{path}: pause was pid {pid}, which is gone",
  "no-process": "{path}: names the sandbox, no process of it lives",
  "named-by": "{path}: names sandbox {id}, which has no process",
  "no-pin": "{type}:[{inode}] has no pin",
  "pid-mode": "NamespaceOptions: pid POD",
  setting: "{path}: drop_infra_ctr = false",
} as const;

export const OWNER_EVIDENCE = {
  "user-group": "its group {path} is in what systemd gives to user {uid}",
  monitor: "its monitor {comm} (process {process}) runs as user {uid}",
  "monitor-within": "its monitor {comm} (process {process}) runs as user {uid}, in {type} namespaces of its own",
  "monitor-within-two":
    "its monitor {comm} (process {process}) runs as user {uid}, in {type} and {other} namespaces of its own",
  mount: "{path}: mounts {source}, which a kubelet makes",
  annotation: "annotation kubernetes.io/config.source: {source}",
  group: "its group {path} is below a kubelet's kubepods",
  kubelet: "a kubelet runs on this node (process {process}), and takes every pod of its runtime for its own",
} as const;
