import { tableText } from '@bioscan/report';
import { isSetAside, type Identification, type PhotoResult } from '@bioscan/identify';

/** Identifications as a table: the asserted name, the best guess at the finest rank, the nearest reference, and warnings. */
export function identificationText(results: readonly PhotoResult[]): string {
  const rows = results.flatMap((result) =>
    isSetAside(result) ? [] : [rowOf(result.id, result.identification).map(printable)],
  );
  const columns = ['photo', 'asserted', 'best guess', 'nearest reference', 'note'];
  const aside = results.filter(isSetAside);
  return [
    ...(rows.length === 0 ? [] : [tableText({ title: 'Identifications', columns, rows })]),
    ...aside.map(({ id, reason, message }) => printable(`set aside: ${id} (${reason}): ${message}`)),
  ].join('\n');
}

function rowOf(photo: string, { asserted, ranks, nearest: [near], unlike }: Identification): string[] {
  const finest = ranks.filter(({ rank, taxa }) => rank !== 'bin' && taxa.length > 0).at(-1);
  const guess = finest?.taxa[0];
  return [
    photo,
    asserted === undefined ? '-' : `${asserted.name} (${asserted.rank}, ${percent(asserted.confidence)})`,
    guess === undefined ? '-' : `${guess.name} (${finest?.rank ?? ''}, ${percent(guess.confidence)})`,
    near === undefined ? '-' : `${near.processId} (${near.similarity.toFixed(3)}, ${near.modality})`,
    unlike.verdict ? `unlike the training photos (p = ${unlike.pValue.toFixed(3)})` : '',
  ];
}

/** Names come from tables of others: no line breaks, and nothing that a terminal obeys. */
function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}
