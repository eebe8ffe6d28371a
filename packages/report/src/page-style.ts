/** The look of a report: one column, quiet tables, light and dark by the reader's preference. */
export const pageStyle = `
:root { color-scheme: light dark; --ink: #1b1f23; --soft: #5c6570; --line: #dfe3e8; --paper: #ffffff; --warn: #fff4e0; --warn-ink: #7a4a00; }
@media (prefers-color-scheme: dark) { :root { --ink: #e7eaee; --soft: #9aa4b0; --line: #343b44; --paper: #14181d; --warn: #3a2a10; --warn-ink: #ffd591; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0.6rem 0 1rem; letter-spacing: -0.01em; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 0.6rem; }
.summary { max-width: 46rem; margin: 0.5rem 0; }
.banner { background: var(--warn); color: var(--warn-ink); padding: 0.5rem 0.9rem; border-radius: 6px; font-weight: 600; margin: 0; }
.scroll { overflow-x: auto; margin: 0; }
table { border-collapse: collapse; width: 100%; font-size: 0.93rem; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: 0.42rem 0.9rem 0.42rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; color: var(--soft); font-size: 0.85rem; vertical-align: bottom; }
td.number { white-space: nowrap; }
td:first-child, td.text { min-width: 13rem; }
.interval, .note, figcaption { color: var(--soft); font-size: 0.86rem; }
.note, figcaption { max-width: 46rem; margin: 0.5rem 0 0; }
figure svg { max-width: 100%; height: auto; border-radius: 6px; }
figure svg > rect[fill="white"] { fill: var(--paper); }
figure svg text:not([data-on]) { fill: var(--ink); }
figure svg .role-axis-grid line { stroke: var(--line); }
figure svg .role-axis-domain line, figure svg .role-axis-tick line { stroke: var(--soft); }
figure svg .mark-symbol path:hover, figure svg .mark-rect path:hover { stroke: var(--ink); stroke-width: 2px; }
figure svg [stroke="#222222"] { stroke: var(--ink); }
@media screen and (prefers-color-scheme: dark) { figure svg .mark-symbol, figure svg .mark-line, figure svg .mark-rule:not(.role-axis-grid), figure svg .mark-rect { filter: brightness(1.35); } }
.scroll:focus-visible, summary:focus-visible { outline: 2px solid #2e96d0; outline-offset: 3px; border-radius: 4px; }
details.numbers { margin-top: 0.5rem; max-width: 46rem; }
.warnings ul { background: var(--warn); color: var(--warn-ink); border-radius: 6px; padding: 0.7rem 1rem 0.7rem 2rem; }
.limits li { margin: 0.25rem 0; }
details { margin-top: 2.5rem; color: var(--soft); font-size: 0.88rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.2rem 1rem; overflow-wrap: anywhere; }
dt { font-weight: 600; } dd { margin: 0; }
@media print {
  :root { color-scheme: light; --ink: #1b1f23; --soft: #5c6570; --line: #dfe3e8; --paper: #ffffff; --warn: #fff4e0; --warn-ink: #7a4a00; }
  main { max-width: none; padding: 0; }
  .scroll { overflow: visible; }
  table { font-size: 0.72rem; }
  td:first-child, td.text { min-width: 0; }
  td.number { white-space: normal; }
  figure, tr, .banner { break-inside: avoid; }
  h2 { break-after: avoid; }
  details.numbers { display: none; }
}
`;
