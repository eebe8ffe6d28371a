/** What a triage page adds to the look of reports: two columns, the list stays in sight. Colours keep 4.5 to 1 in light and dark. */
export const triageStyle = `
:root { --case: #b4380f; --same: #00629b; --other: #4d565f; --pick: #e8f1f8; --accept: #00704f; --reject: #5c6570; --out: #b4380f; }
@media (prefers-color-scheme: dark) { :root { --case: #ff9a6b; --same: #6fc1f0; --other: #aab4bf; --pick: #1f2c38; --accept: #5fd1a7; --reject: #9aa4b0; --out: #ff9a6b; } }
header, footer { max-width: 96rem; margin: 0 auto; padding: 1rem 1.25rem; }
header, .case { overflow-wrap: anywhere; } header h1 { margin: 0.4rem 0; }
.columns { display: grid; grid-template-columns: minmax(17rem, 24rem) minmax(0, 1fr); gap: 1.5rem; max-width: 96rem; margin: 0 auto; padding: 0 1.25rem; }
.columns main { padding: 0 0 2rem; margin: 0; max-width: none; }
nav { position: sticky; top: 0; max-height: 100vh; overflow-y: auto; align-self: start; }
nav ol { list-style: none; margin: 0; padding: 0; }
nav button { display: grid; grid-template-columns: 3.2rem 1fr auto; gap: 0.4rem; width: 100%; text-align: left; padding: 0.45rem 0.5rem; border: 0; border-bottom: 1px solid var(--line); background: none; color: var(--ink); font: inherit; font-size: 0.88rem; line-height: 1.35; cursor: pointer; overflow-wrap: anywhere; }
nav button[aria-current="true"] { background: var(--pick); }
nav .chance { font-variant-numeric: tabular-nums; font-weight: 600; }
.soft, svg .soft { color: var(--soft); fill: var(--soft); }
:focus-visible { outline: 2px solid var(--same); outline-offset: 2px; }
.filters { display: flex; flex-wrap: wrap; gap: 0.5rem 1.2rem; align-items: center; margin-top: 0.8rem; font-size: 0.92rem; }
.filters select, .filters input, button { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: 6px; padding: 0.25rem 0.5rem; }
.filters button, .verdicts button { border-color: var(--soft); cursor: pointer; }
.keys { max-width: none; } .filters label { display: inline-flex; align-items: center; gap: 0.35rem; }
kbd { border: 1px solid var(--line); border-radius: 4px; padding: 0 0.3rem; font: 0.85em ui-monospace, monospace; }
.case h2 { margin-top: 0.4rem; } .case h3 { font-size: 1rem; margin: 1.4rem 0 0.4rem; }
.case { border-top: 1px solid var(--line); padding-top: 0.4rem; outline: none; }
.overview { display: flex; flex-wrap: wrap; gap: 1rem; align-items: start; font-size: 0.92rem; }
.overview dl { flex: 1 1 18rem; min-width: 0; margin: 0; } .overview img { width: 14rem; height: 10.5rem; object-fit: contain; background: var(--pick); border-radius: 6px; }
.findings { padding-left: 1.1rem; } .findings li { margin: 0.3rem 0; } .findings .error::marker { color: var(--case); } .findings .info { color: var(--soft); }
.action { font-weight: 600; } .action code { font-weight: 400; }
.verdict { font-weight: 700; } .verdict.accept { color: var(--accept); } .verdict.reject { color: var(--reject); } .verdict.exclude { color: var(--out); }
.verdicts button[aria-pressed="true"] { background: var(--pick); border-width: 2px; font-weight: 600; }
svg text { font: 13px system-ui, sans-serif; fill: currentColor; }
.tree, .distances { max-width: none; height: auto; }
.tip-case { color: var(--case); fill: var(--case) !important; font-weight: 700; } .tip-same { color: var(--same); fill: var(--same) !important; } .tip-other { color: var(--other); fill: var(--other) !important; }
.bar-same { fill: var(--same); stroke: var(--same); } .bar-other { fill: var(--other); stroke: var(--other); }
.sites { width: 100%; height: 3.6rem; display: block; } .sites .track { fill: var(--pick); } .sites path { stroke-width: 1; }
.letters { width: auto; font: 12px ui-monospace, monospace; } .letters th, .letters td { padding: 0.1rem 0.22rem; text-align: center; border: 0; } .letters th[scope=row] { text-align: left; white-space: nowrap; padding-right: 1rem; } .letters td:first-child { min-width: 0; }
.letters thead th { writing-mode: vertical-rl; font-size: 10px; } .letters thead th:first-child { writing-mode: initial; }
#status { position: fixed; right: 1rem; bottom: 0.6rem; margin: 0; padding: 0.3rem 0.8rem; background: var(--ink); color: var(--paper); border-radius: 6px; font-size: 0.9rem; }
#status:empty { display: none; }
@media (max-width: 54rem) { .columns { grid-template-columns: minmax(0, 1fr); } .overview dl { grid-template-columns: 1fr; } .filters input[type=search] { width: 100%; } nav { position: static; max-height: 16rem; border: 1px solid var(--line); } }
`;
