import { BioscanError, type ReportFigure, type Tensor } from '@bioscan/core';
import type { LabelRank } from '@bioscan/core';
import type { LabelTable } from '../label-table.js';
import { requireMatrix } from '../matrix.js';

export interface EmbeddingFigureOptions {
  readonly title: string;
  readonly labels: LabelTable;
  /** Rank that colours stand for. Default order. */
  readonly rank?: LabelRank;
  /** Colours; smaller taxa are `others`. Default 6. */
  readonly most?: number;
}

/**
 * Points in the plane as a scatter coloured by taxon; each says its id and finest name on hover. Give it what `umap({ dimension: 2 })` returns, of at most
 * some 2,000 points. A picture for looking, not for distances.
 */
export function embeddingFigure(
  ids: readonly string[],
  points: Tensor<'float32'>,
  { title, labels, rank = 'order', most = 6 }: EmbeddingFigureOptions,
): ReportFigure {
  const { rows, columns } = requireMatrix(points);
  if (rows !== ids.length || columns !== 2) {
    throw new BioscanError(
      'mismatch',
      `eval: embedding figure, got ${rows} x ${columns}, expected ${ids.length} points in the plane`,
    );
  }
  const taxa = ids.map((id) => labels.labelOf(id, rank));
  const counts = new Map<string, number>();
  for (const name of taxa) if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + 1);
  const shown = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0], 'en')).slice(0, most).map(([name]) => name); // prettier-ignore
  const seriesOf = (name: string | undefined): string =>
    name === undefined ? `no ${rank}` : shown.includes(name) ? name : 'others';
  const names = [...new Set([...shown, ...taxa.map(seriesOf)])];
  return {
    title,
    kind: 'point',
    x: { label: 'first axis (no unit)' },
    y: { label: 'second axis (no unit)' },
    series: names.map((name) => ({
      name,
      points: ids.flatMap((id, i) => {
        if (seriesOf(taxa[i]) !== name) return [];
        const label = `${labels.labelOf(id, 'species') ?? labels.labelOf(id, 'genus') ?? 'no name'} (${id})`;
        return [{ x: points.data[2 * i] as number, y: points.data[2 * i + 1] as number, label }];
      }),
    })),
    note: 'Neighbourhoods mean something here, distances between clumps do not.',
  };
}
