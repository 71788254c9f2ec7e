import type { CSSProperties, ReactNode } from "react";

/** Signs on a 14 × 14 grid, 1.5 px lines; a sign says one thing everywhere. */
const PATHS = {
  pause: (
    <path
      d="M4.2 2.5h.6a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-.6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1zM9.2 2.5h.6a1 1 0 0 1 1 1v7a1 1 0 0 1-1 1h-.6a1 1 0 0 1-1-1v-7a1 1 0 0 1 1-1z"
      fill="currentColor"
      stroke="none"
    />
  ),
  pin: <path d="M4.2 1.5h5.6M5 1.5v4L3.2 8h7.6L9 5.5v-4M7 8v4.7" />,
  ghost: <rect x="1.8" y="3.8" width="10.4" height="6.4" rx="3.2" strokeDasharray="2 2.1" />,
  dead: <path d="M1.8 7h3.4M8.8 7h3.4M5.8 4.2l-1 5.6M9.2 4.2l-1 5.6" />,
  none: <path d="M4 7h6" />,
  node: <path d="M2 5h10M3.5 8.5 2 10.5M6 8.5l-1.5 2M8.5 8.5 7 10.5M11 8.5l-1.5 2" />,
  fd: <path d="M9.5 2.5H5A1.5 1.5 0 0 0 3.5 4v6A1.5 1.5 0 0 0 5 11.5h4.5M6.5 7H13" />,
  process: <path d="M4.5 4.5h5v5h-5zM7 1.8v2.7M7 9.5v2.7M1.8 7h2.7M9.5 7h2.7" />,
  search: (
    <>
      <circle cx="6" cy="6" r="3.8" />
      <path d="m9 9 3.2 3.2" />
    </>
  ),
  hand: <path d="m2 3.5 3.5 3.5L2 10.5M7.5 10.5H12" />,
  copy: (
    <>
      <rect x="4.5" y="4.5" width="7" height="7.5" rx="1.3" />
      <path d="M9.5 2.3H3.6a1.3 1.3 0 0 0-1.3 1.3v6" />
    </>
  ),
  check: <path d="m2.8 7.4 2.9 2.9 5.5-6.3" />,
  cross: <path d="m3.5 3.5 7 7M10.5 3.5l-7 7" />,
  warn: <path d="M7 2 12.6 11.8H1.4ZM7 5.7v2.6M7 10.1v.1" />,
  bad: <path d="M4.7 1.7h4.6l3 3v4.6l-3 3H4.7l-3-3V4.7ZM5 5l4 4M9 5 5 9" />,
  info: (
    <>
      <circle cx="7" cy="7" r="5.2" />
      <path d="M7 6.4v3.2M7 4.3v.1" />
    </>
  ),
  clock: (
    <>
      <circle cx="7" cy="7" r="5.2" />
      <path d="M7 4v3.2l2 1.3" />
    </>
  ),
  wire: <path d="M2.5 2.5h9M7 2.5v4M3.5 11.5v-5h7v5" />,
  down: <path d="m4 5.7 3 3 3-3" />,
  right: <path d="m5.5 4 3 3-3 3" />,
  left: <path d="m8.5 4-3 3 3 3" />,
  plus: <path d="M7 2.5v9M2.5 7h9" />,
  diff: <path d="M3 5.3h8M3 8.7h8M9.3 2.5l-4.6 9" />,
  out: <path d="M5 3H3v8h8V9M7.5 2.5h4v4M11.5 2.5 6.5 7.5" />,
  up: <path d="M7 11.5v-8M4 6.3l3-3 3 3" />,
  swap: <path d="M2.5 5h9M9 2.5 11.5 5M11.5 9h-9M5 11.5 2.5 9" />,
  play: <path d="M4 2.8v8.4L11 7Z" />,
  file: <path d="M3.5 1.8h4.7l2.6 2.6v7.8H3.5ZM8 2v2.6h2.6" />,
  zombie: (
    <>
      <circle cx="7" cy="7" r="5.6" strokeWidth="1.2" strokeDasharray="1.5 2" />
      <path d="M5.3 5.2h3.4L5.3 8.8h3.4" strokeWidth="1.2" />
    </>
  ),
  screen: (
    <>
      <rect x="1.8" y="2.5" width="10.4" height="7" rx="1.2" />
      <path d="M5 12h4" />
    </>
  ),
  lock: (
    <>
      <rect x="3" y="6.2" width="8" height="5.6" rx="1.2" />
      <path d="M4.8 6.2V4.4a2.2 2.2 0 0 1 4.4 0v1.8" />
    </>
  ),
  key: (
    <>
      <circle cx="4.6" cy="9.2" r="2.4" />
      <path d="m6.4 7.4 5-5M9.4 4.4l1.8 1.8M11.4 2.4l.8.8" />
    </>
  ),
  more: <path d="M3.2 7h.1M7 7h.1M10.8 7h.1" strokeWidth="2.2" />,
  columns: <path d="M2 3h10v8H2zM5.4 3v8M8.7 3v8" />,
  filter: <path d="M2.5 3.5h9M4.5 7h5M6 10.5h2" />,
  refresh: <path d="M11.6 6A4.8 4.8 0 1 0 11.3 9M11.8 2.8V6H8.6" />,
  record: <circle cx="7" cy="7" r="3.4" fill="currentColor" />,
  stop: <rect x="3.5" y="3.5" width="7" height="7" rx="1" fill="currentColor" />,
  picture: <path d="M2 2.5h4v4H2zM8 2.5h4v4H8zM2 8.5h4v3H2zM8 8.5h4v3H8z" />,
  tree: <path d="M3 2.5v8.5h3M3 6h3M8 4.5h4v3H8zM8 9.5h4v3H8z" />,
  flask: <path d="M5.5 2v3.6L2.6 11a1 1 0 0 0 .9 1.5h7a1 1 0 0 0 .9-1.5L8.5 5.6V2M4.6 2h4.8M4.2 8.5h5.6" />,
  book: (
    <path d="M2.5 2.8c1.7 0 3.3.2 4.5 1.2 1.2-1 2.8-1.2 4.5-1.2v7.8c-1.7 0-3.3.2-4.5 1.2-1.2-1-2.8-1.2-4.5-1.2zM7 4v7.6" />
  ),
  list: <path d="M2.5 3.5h9M2.5 7h9M2.5 10.5h6" />,
  sun: (
    <>
      <circle cx="7" cy="7" r="2.4" />
      <path d="M7 1.4v1.3M7 11.3v1.3M1.4 7h1.3M11.3 7h1.3M3 3l.9.9M10.1 10.1l.9.9M11 3l-.9.9M3.9 10.1 3 11" />
    </>
  ),
} satisfies Record<string, ReactNode>;

export type IconName = keyof typeof PATHS;

/** A sign. Decoration unless it has a `label`. */
export function Icon({
  name,
  label,
  className,
  style,
}: {
  name: IconName;
  label?: string;
  className?: string;
  style?: CSSProperties;
}) {
  const shared = { className: `ic ${className ?? ""}`, style, viewBox: "0 0 14 14" };
  if (label === undefined)
    return (
      <svg {...shared} aria-hidden="true">
        {PATHS[name]}
      </svg>
    );
  return (
    <svg {...shared} role="img" aria-label={label}>
      {PATHS[name]}
    </svg>
  );
}

/** The raw shape, for use inside another SVG. */
export const iconShape = (name: IconName): ReactNode => PATHS[name];

export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 18 18" aria-hidden="true">
      <path d="M2.5 4.2h13" strokeWidth="2.8" />
      <path d="M5 4.5v9M9 4.5v9M13 4.5v5" strokeWidth="1.8" />
      <circle cx="5" cy="13.6" r="1.9" />
      <circle cx="9" cy="13.6" r="1.9" />
      <circle cx="13" cy="10.2" r="1.9" />
    </svg>
  );
}
