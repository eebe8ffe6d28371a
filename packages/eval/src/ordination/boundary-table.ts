import type { Metric, ReportFigure, ReportTable } from '@bioscan/core';
import type { BoundaryBand } from './species-boundary.js';

/** Systems by bands of divergence: AUC with its interval where there is one; `empty` where a band lacks one kind of pair, which is not 0.5. */
export function boundaryTable(bands: readonly BoundaryBand[]): ReportTable {
  const names = [...new Set(bands.map(({ system }) => system))];
  const first = bands.filter(({ system }) => system === names[0]);
  const rows = names.map((name) => [name, ...bands.filter(({ system }) => system === name).map(cellOf)]);
  const counts = (kind: 'conspecific' | 'congeneric'): (string | number)[] => [
    `${kind} pairs`,
    ...first.map((band) => band[kind]),
  ];
  return {
    title: 'At the species boundary: AUC of conspecific against congener pairs',
    columns: ['system', ...first.map(bandName)],
    rows: [...rows, counts('conspecific'), counts('congeneric')],
    note: 'Pairs of one genus in bands of divergence. 50: a system parts species no better than chance among pairs that are equally divergent.',
  };
}

/** The same as lines, a line a system. */
export function boundaryFigure(bands: readonly BoundaryBand[]): ReportFigure {
  const names = [...new Set(bands.map(({ system }) => system))];
  return {
    title: 'At the species boundary',
    kind: 'line',
    x: { label: 'divergence of the pair' },
    y: { label: 'AUC, conspecific against congeners' },
    series: names.map((name) => ({
      name,
      points: bands.flatMap((band) => {
        if (band.system !== name || band.auc === undefined) return [];
        const { low, high } = band.interval ?? {};
        return [{ x: bandName(band), y: band.auc, ...(low === undefined || high === undefined ? {} : { low, high }) }];
      }),
    })),
  };
}

function bandName({ from, to }: BoundaryBand): string {
  const percent = (share: number): string => Number((100 * share).toPrecision(6)).toString();
  return `${percent(from)}-${percent(to)} %`;
}

function cellOf({ auc, interval, conspecific, congeneric }: BoundaryBand): Metric | string {
  if (auc === undefined) return 'empty';
  const count = conspecific + congeneric;
  return { name: 'AUC', value: auc, count, ...(interval === undefined ? {} : { interval }) };
}
