/**
 * What makes the page act. Plain JavaScript as text, because it runs in the reader's browser as it stands: it shows one case at a time, filters, takes
 * verdicts by key or button, keeps them in the browser's storage where there is one, and saves them as the file that `bioscan apply` reads.
 */
export const triageScript = `
'use strict';
(() => {
  const { table, cases } = JSON.parse(document.getElementById('data').textContent);
  const articles = [...document.querySelectorAll('article.case')];
  const buttons = [...document.querySelectorAll('nav button')];
  const form = document.getElementById('filters');
  const status = document.getElementById('status');
  const storageKey = 'bioscan-triage ' + table + ' ' + cases.length + ' ' + (cases[0] ? cases[0].processId : '');
  const words = { accept: 'accepted', exclude: 'left out', reject: 'rejected' };
  let verdicts = {};
  try { verdicts = JSON.parse(localStorage.getItem(storageKey)) || {}; } catch { verdicts = {}; }
  let current = -1;
  let shown = cases.map((_, i) => i);

  function say(text) { status.textContent = text; }

  function show(i, focus) {
    if (i < 0 || i >= cases.length) return;
    current = i;
    articles.forEach((article, at) => { article.hidden = at !== i; });
    buttons.forEach((button, at) => { button.setAttribute('aria-current', String(at === i)); });
    buttons[i].scrollIntoView({ block: 'nearest' });
    if (focus) { articles[i].focus({ preventScroll: true }); window.scrollTo({ top: Math.min(window.scrollY, document.querySelector('.columns').offsetTop) }); }
  }

  function move(step) {
    const at = shown.indexOf(current);
    const next = at < 0 ? shown[0] : shown[Math.max(0, Math.min(shown.length - 1, at + step))];
    if (next !== undefined) show(next, true);
  }

  function paint() {
    cases.forEach((one, i) => {
      const verdict = verdicts[one.processId];
      const mark = buttons[i].querySelector('.verdict');
      mark.className = 'verdict ' + (verdict || '');
      mark.textContent = verdict ? words[verdict] : '';
      articles[i].querySelectorAll('[data-verdict]').forEach((button) => {
        button.setAttribute('aria-pressed', String(button.dataset.verdict === verdict));
      });
    });
    const decided = cases.filter((one) => verdicts[one.processId]).length;
    document.getElementById('count').textContent = shown.length + ' of ' + cases.length + ' shown, ' + decided + ' decided.';
  }

  function decide(verdict) {
    if (current < 0) return;
    const { processId } = cases[current];
    if (verdict) verdicts[processId] = verdict; else delete verdicts[processId];
    try { localStorage.setItem(storageKey, JSON.stringify(verdicts)); } catch { /* private mode: the file is the record */ }
    say(processId + ' ' + (verdict ? words[verdict] : 'undecided'));
    const next = shown[shown.indexOf(current) + 1];
    paint();
    if (verdict && next !== undefined) show(next, true);
  }

  function filter() {
    const fields = new FormData(form);
    const text = String(fields.get('text')).toLowerCase();
    const least = Number(fields.get('precision')) / 100;
    document.getElementById('least').textContent = Math.round(100 * least) + ' %';
    shown = [];
    cases.forEach((one, i) => {
      const fits = (!fields.get('kind') || one.kind === fields.get('kind'))
        && (!fields.get('check') || one.checks.includes(String(fields.get('check'))))
        && one.precision >= least
        && (!fields.get('open') || !verdicts[one.processId])
        && (text === '' || articles[i].textContent.toLowerCase().includes(text));
      buttons[i].parentElement.hidden = !fits;
      if (fits) shown.push(i);
    });
    if (!shown.includes(current)) { if (shown.length > 0) show(shown[0], false); else { articles.forEach((article) => { article.hidden = true; }); current = -1; } }
    paint();
  }

  function save() {
    const decisions = cases.filter((one) => verdicts[one.processId]).map((one) => ({
      processId: one.processId,
      verdict: verdicts[one.processId],
      reason: one.checks[0],
      ...(verdicts[one.processId] === 'accept' && one.changes.length > 0
        ? { changes: Object.fromEntries(one.changes.map(({ field, to }) => [field, to])) } : {}),
      ...(verdicts[one.processId] === 'exclude' ? { exclude: true } : {}),
    }));
    const text = JSON.stringify({ format: 'bioscan-decisions-1', table, decisions }, undefined, 2) + '\\n';
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
    link.download = 'decisions.json';
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    say(decisions.length + ' decisions saved');
  }

  const keys = { j: () => move(1), k: () => move(-1), ArrowDown: () => move(1), ArrowUp: () => move(-1), a: () => decide('accept'), x: () => decide('exclude'), r: () => decide('reject'), u: () => decide(undefined), s: save, '/': () => form.elements.text.focus() };
  document.addEventListener('keydown', (event) => {
    const typing = event.target.closest('input, select, textarea');
    if (event.key === 'Escape' && typing) { typing.blur(); return; }
    if (typing || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(keys, event.key)) return;
    // Arrows scroll wide figures while these have the focus.
    if (event.key.startsWith('Arrow') && event.target.closest('.scroll')) return;
    event.preventDefault();
    keys[event.key]();
  });
  document.getElementById('list').addEventListener('click', (event) => {
    const button = event.target.closest('[data-case]');
    if (button) show(Number(button.dataset.case), true);
  });
  document.getElementById('cases').addEventListener('click', (event) => {
    const button = event.target.closest('[data-verdict]');
    if (button) decide(button.getAttribute('aria-pressed') === 'true' ? undefined : button.dataset.verdict);
  });
  document.querySelectorAll('.verdicts').forEach((row) => { row.hidden = false; });
  form.addEventListener('input', filter);
  form.addEventListener('submit', (event) => event.preventDefault());
  document.getElementById('save').addEventListener('click', save);
  filter();
})();
`;
