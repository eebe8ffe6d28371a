import { escapeHtml } from '../escape-html.js';
import { pageStyle } from '../page-style.js';
import { alignmentTable } from './alignment-table.js';
import { distanceFigure } from './distance-figure.js';
import { treeFigure } from './tree-figure.js';
import type { TriagePage, TriagePageCase } from './triage-data.js';
import { triageScript } from './triage-script.js';
import { triageStyle } from './triage-style.js';

/** No address but `data:` and `blob:` is ever fetched, whatever a record's text holds. */
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data: blob:; form-action 'none'; base-uri 'none'";

/**
 * A triage list as one HTML file: cases with their evidence, photo, tree, alignment and distances; filters; accept, leave out and reject by keyboard,
 * saved as a file that `bioscan apply` reads. Nothing is fetched, every text is escaped; without scripts all cases are simply listed.
 */
export function triagePage(page: TriagePage): string {
  const { title, banner, table, summary, cases, skipped, limits } = page;
  const data = cases.map(({ processId, kind, precision, findings, changes, action }) => ({
    processId,
    kind,
    precision,
    action,
    checks: findings.map(({ check }) => check),
    changes: changes ?? [],
  }));
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${escapeHtml(title)}</title>
<style>${pageStyle}${triageStyle}</style>
</head>
<body>
<header>
${banner === undefined ? '' : `<p class="banner">${escapeHtml(banner)}</p>`}
<h1>${escapeHtml(title)}</h1>
${summary.map((line) => `<p class="summary">${escapeHtml(line)}</p>`).join('\n')}
${filters(cases)}
</header>
<div class="columns">
<nav aria-label="Cases"><ol id="list">${cases.map(listItem).join('\n')}</ol></nav>
<main id="cases">
${cases.map(caseArticle).join('\n')}
${cases.length === 0 ? '<p class="summary">Nothing was found.</p>' : ''}
</main>
</div>
<footer>
${lines('Not checked', skipped)}
${lines('What this list cannot show', limits)}
</footer>
<p id="status" role="status" aria-live="polite"></p>
<script type="application/json" id="data">${json({ table, cases: data })}</script>
<script>${triageScript}</script>
</body>
</html>
`;
}

/** JSON that may stand in a script element. */
function json(value: unknown): string {
  return JSON.stringify(value)
    .replaceAll('<', '\\u003c')
    .replaceAll('\u2028', '\\u2028')
    .replaceAll('\u2029', '\\u2029');
}

function filters(cases: readonly TriagePageCase[]): string {
  const checks = [...new Set(cases.flatMap(({ findings }) => findings.map(({ check }) => check)))].sort();
  const options = checks.map((check) => `<option>${escapeHtml(check)}</option>`).join('');
  return `<form class="filters" id="filters" aria-label="Filters">
<label>Kind <select name="kind"><option value="">all</option><option value="error">errors</option><option value="novelty">discoveries</option><option value="note">notes</option></select></label>
<label>Check <select name="check"><option value="">all</option>${options}</select></label>
<label>At least <input name="precision" type="range" min="0" max="95" step="5" value="0"> <output id="least">0 %</output></label>
<label>Find <input name="text" type="search" placeholder="name, BIN, process id"></label>
<label><input name="open" type="checkbox"> undecided only</label>
<button type="button" id="save">Save decisions</button>
</form>
<p class="note keys"><kbd>j</kbd> <kbd>k</kbd> next, previous · <kbd>a</kbd> accept · <kbd>x</kbd> leave the record out · <kbd>r</kbd> reject · <kbd>u</kbd> undo · <kbd>/</kbd> find · <kbd>s</kbd> save. <span id="count"></span></p>`;
}

function listItem({ processId, kind, precision, findings, facts }: TriagePageCase, i: number): string {
  const [first] = findings;
  const name = facts.find(([field]) => field === 'name')?.[1] ?? '';
  return `<li><button type="button" data-case="${i}"><span class="chance">${chance(precision)}</span><span class="what"><b>${escapeHtml(processId)}</b> ${escapeHtml(name)}<br><span class="soft">${escapeHtml(first?.check ?? kind)}</span></span><span class="verdict" aria-live="off"></span></button></li>`;
}

function chance(precision: number): string {
  return `${Math.round(100 * precision)} %`;
}

function caseArticle(one: TriagePageCase, i: number): string {
  const { processId, kind, precision, action, category, findings, changes = [], facts } = one;
  const estimate =
    kind === 'error'
      ? `estimated chance of an error ${chance(precision)}`
      : kind === 'novelty'
        ? 'a possible discovery, not an error'
        : 'a note';
  const proposed = changes.map(({ field, to }) => `${field}: ${to}`).join(', ');
  return `<article class="case ${kind}" id="case-${i}" aria-labelledby="title-${i}" tabindex="-1">
<h2 id="title-${i}">${escapeHtml(processId)}</h2>
<p class="note">${estimate} · report as: ${escapeHtml(category)}</p>
<div class="overview">${photo(one)}<dl>${facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('')}</dl></div>
<ul class="findings">${findings.map(({ severity, check, message }) => `<li class="${severity}">${escapeHtml(message)} <span class="soft">${escapeHtml(check)}</span></li>`).join('')}</ul>
<p class="action">Next: ${escapeHtml(action)}.${proposed === '' ? '' : ` If accepted, <code>${escapeHtml(proposed)}</code>.`}</p>
<p class="verdicts" hidden><button type="button" data-verdict="accept">Accept</button> <button type="button" data-verdict="exclude">Leave out</button> <button type="button" data-verdict="reject">Reject</button></p>
${viewSections(one)}
<details><summary>Evidence</summary><dl>${findings.map(evidence).join('')}</dl></details>
</article>`;
}

function photo({ photo: address, processId }: TriagePageCase): string {
  if (address?.startsWith('data:image/') !== true) return '';
  return `<img src="${escapeHtml(address)}" alt="Photo of ${escapeHtml(processId)}">`;
}

function viewSections({ view }: TriagePageCase): string {
  if (view === undefined) return '<p class="note">No barcode in the window: no tree.</p>';
  return `<section><h3>Where its barcode stands</h3><div class="scroll" tabindex="0" role="region" aria-label="Tree">${treeFigure(view.tree, view.tips)}</div>
<p class="note"><span class="tip-case">this record</span> · <span class="tip-same">same species name</span> · <span class="tip-other">other names</span></p></section>
<section><h3>Against its nearest barcodes</h3>${alignmentTable(view.tips)}</section>
<section><h3>Distances</h3><div class="scroll" tabindex="0" role="region" aria-label="Distances">${distanceFigure(view.sameSpecies, view.others)}</div><p class="note">How many barcodes lie at each per cent of distance from this one; heights are square roots, each side on its own scale.</p></section>`;
}

function evidence({ check, evidence: values }: TriagePageCase['findings'][number]): string {
  const text = Object.entries(values)
    .map(
      ([name, value]) =>
        `${name} ${typeof value === 'number' ? +value.toPrecision(3) : typeof value === 'string' ? value : value.join(', ')}`,
    )
    .join('; ');
  return `<dt>${escapeHtml(check)}</dt><dd>${escapeHtml(text)}</dd>`;
}

function lines(title: string, texts: readonly string[]): string {
  if (texts.length === 0) return '';
  return `<section class="limits"><h2>${title}</h2><ul>${texts.map((text) => `<li>${escapeHtml(text)}</li>`).join('')}</ul></section>`;
}
