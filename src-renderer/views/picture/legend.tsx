/** The signs of the picture, as small as they are in it. */
export const Legend = () => (
  <ul className="pic-legend" aria-label="Signs">
    <li>
      <svg viewBox="0 0 16 12" aria-hidden="true">
        <rect y="3" width="15" height="5" rx="2.5" fill="var(--beam)" />
      </svg>
      pause
    </li>
    <li>
      <svg viewBox="0 0 16 12" aria-hidden="true">
        <rect x="5" y="1" width="4.5" height="5" fill="var(--ink)" />
        <path d="M7.2 6v6" stroke="var(--ns-net)" strokeWidth="2" />
      </svg>
      pin
    </li>
    <li>
      <svg viewBox="0 0 16 12" aria-hidden="true">
        <path d="M2 6h4m3 0h5" stroke="var(--bad)" strokeWidth="2" />
      </svg>
      dead
    </li>
    <li>
      <svg viewBox="0 0 16 12" aria-hidden="true">
        <path d="M1 5h13M4 6l-2 3m5-3-2 3m5-3-2 3m5-3-2 3" stroke="var(--ink-3)" />
      </svg>
      the node’s own
    </li>
    <li>
      <svg viewBox="0 0 16 12" aria-hidden="true">
        <circle cx="7.5" cy="6" r="2" fill="var(--ns-mnt)" />
      </svg>
      own namespace
    </li>
    <li>
      <svg viewBox="0 0 16 12" aria-hidden="true">
        <rect x="6" width="3.5" height="12" rx="1" fill="var(--bar-track)" />
        <rect x="6" y="5" width="3.5" height="7" rx="1" fill="var(--bar)" />
      </svg>
      of its limit
    </li>
    <li>
      <svg viewBox="0 0 16 12" aria-hidden="true">
        <path d="M7.5 1 13 10.5H2z" fill="var(--warn-mark)" />
      </svg>
      finding
    </li>
  </ul>
);
