import { escapeHtml } from '../escape-html.js';
import type { TriageTip } from './triage-data.js';

/** Sites listed letter by letter; more would be read by no one. */
const mostSites = 60;

/**
 * The case against its nearest barcode of the same name and the nearest of another: where they differ along the window, and the letters at the
 * sites that differ, a dot where a letter is the case's.
 */
export function alignmentTable(tips: readonly TriageTip[]): string {
  const self = tips.find(({ role }) => role === 'case');
  const partners = (['same species', 'other'] as const).flatMap((role) => tips.find((tip) => tip.role === role) ?? []);
  if (self === undefined || partners.length === 0) return '';
  const sites = [...self.sequence]
    .map((_, site) => site)
    .filter((site) => partners.some((partner) => differ(self, partner, site)));
  const shown = sites.slice(0, mostSites);
  const rows = [self, ...partners].map((tip) => {
    const cells = shown.map((site) => {
      const letter = tip.sequence.charAt(site);
      return `<td>${tip === self || differ(self, tip, site) ? letter : letter === '-' ? '-' : '·'}</td>`;
    });
    return `<tr><th scope="row">${escapeHtml(roleName(tip))}</th>${cells.join('')}</tr>`;
  });
  const more = sites.length > shown.length ? ` The first ${shown.length} are listed.` : '';
  return `${map(self, partners)}
<p class="note">${sites.length} differing sites of ${self.sequence.length}.${more}</p>
<div class="scroll" tabindex="0" role="region" aria-label="Letters at differing sites"><table class="letters">
<thead><tr><th scope="col">site</th>${shown.map((site) => `<th scope="col">${site + 1}</th>`).join('')}</tr></thead>
<tbody>${rows.join('')}</tbody></table></div>`;
}

function roleName(tip: TriageTip): string {
  const distance = tip.role === 'case' ? '' : `, ${(100 * tip.distance).toFixed(1)} %`;
  return `${tip.role === 'case' ? 'this record' : tip.role}: ${tip.name}${distance}`;
}

function differ(a: TriageTip, b: TriageTip, site: number): boolean {
  const [x, y] = [a.sequence.charAt(site), b.sequence.charAt(site)];
  return x !== y && x !== '-' && y !== '-';
}

function map(self: TriageTip, partners: readonly TriageTip[]): string {
  const { length } = self.sequence;
  const tracks = partners.map((partner, row) => {
    const y = 4 + row * 26;
    const ticks = [...self.sequence]
      .map((_, site) => (differ(self, partner, site) ? `M${site + 0.5} ${y}v16` : ''))
      .join('');
    const className = partner.role === 'other' ? 'bar-other' : 'bar-same';
    return `<rect class="track" x="0" y="${y}" width="${length}" height="16"/><path class="${className}" d="${ticks}"/>`;
  });
  return `<svg class="sites" role="img" preserveAspectRatio="none" viewBox="0 0 ${length} ${partners.length * 26 + 4}" aria-label="Where along the barcode region the record differs from ${partners.map((tip) => escapeHtml(tip.name)).join(' and from ')}">${tracks.join('')}</svg>`;
}
