import { barcodeKey, type LabelRank, type ReportFigure, type ReportTable } from '@bioscan/core';
import type { CheckFinding } from '../library/check-finding.js';
import type { DistancePlan } from './distance-plan.js';
import type { GroupDistances } from './distances-by-rank.js';
import type { HaplotypeRecord } from './haplotypes.js';
import type { DistanceMeasure } from './measure-pairs.js';
import { publishedCurve, publishedDistances } from './published-distances.js';
import { rankSummaries, speciesCurve, type RankSummary } from './rank-summary.js';
import { boxStatistics, tallyOf } from './tally.js';

/** What a report shows of distances. */
export interface DistanceReport {
  readonly summary: readonly string[];
  readonly tables: readonly ReportTable[];
  readonly figures: readonly ReportFigure[];
  readonly findings: readonly CheckFinding[];
  readonly warnings: readonly string[];
  readonly limits: readonly string[];
}

/** Boxes of a figure, and lines of the list of suspects, at most. */
const shownGroups = 24;
const shownSuspects = 25;

/**
 * Distances by rank as tables and figures, the published ones beside them, and the species that are more spread out than the rest: the residue that the
 * paper's first bin is made of. Shares are in percent, edits in letters. Pure.
 */
export function distanceReport(
  plan: DistancePlan,
  found: readonly GroupDistances[],
  records: Iterable<HaplotypeRecord>,
): DistanceReport {
  const summaries = rankSummaries(found, plan.ranks);
  const suspects = spreadOut(found);
  const findings = suspectFindings(suspects, records, plan.measure);
  return {
    summary: summaries.flatMap((line) => sentence(line, plan.measure)),
    tables: [
      rankTable(summaries, plan),
      ...(suspects.length === 0 ? [] : [suspectTable(suspects, findings, plan.measure)]),
    ],
    figures: [
      ...plan.ranks.flatMap((rank) => boxFigure(rank, found, plan.measure)),
      ...curveFigure(found, plan.measure),
    ],
    findings,
    warnings: warningsOf(plan, summaries),
    limits: limitsOf(plan),
  };
}

function isShare(measure: DistanceMeasure): boolean {
  return measure === 'p' || measure === 'k2p';
}

function unitOf(measure: DistanceMeasure): string {
  return isShare(measure) ? '%' : 'letters';
}

function scaled(value: number, measure: DistanceMeasure): number {
  return isShare(measure) ? 100 * value : value;
}

function shown(value: number | undefined, measure: DistanceMeasure): string {
  return value === undefined ? '–' : Number(scaled(value, measure).toPrecision(3)).toString();
}

function sentence({ rank, measured, pairs, distance }: RankSummary, measure: DistanceMeasure): string[] {
  if (distance === undefined) return [];
  const count = pairs.toLocaleString('en');
  return [
    `Within one ${rank}: ${shown(distance, measure)} ${unitOf(measure)} on average (${measured} groups, ${count} pairs).`,
  ];
}

function rankTable(summaries: readonly RankSummary[], plan: DistancePlan): ReportTable {
  const { measure } = plan;
  const unit = unitOf(measure);
  return {
    title: `Distances within groups (${measureName(measure)})`,
    columns: [
      'rank', 'groups', 'barcodes', 'a group: mean', 'median', 'sd', 'Shannon (bits)', 'measured', 'sampled', 'pairs',
      'no overlap', 'saturated', `mean distance (${unit})`, `mean sd (${unit})`,
      'published: distance (letters)', 'sd', 'Shannon (bits)',
    ],
    rows: summaries.map((line) => {
      const published = publishedDistances[line.rank];
      const { distance, uncertainty } = line;
      const range = distance === undefined || uncertainty === 0 ? '' : ` ± ${shown(uncertainty, measure)}`;
      return [
        line.rank, line.groups, line.barcodes, line.mean, line.median, line.deviation, line.shannon, line.measured, line.sampled, line.pairs,
        line.incomparable, line.saturated, shown(distance, measure) + range, shown(line.spread, measure),
        published?.distance ?? '–', published?.spread ?? '–', published?.shannon ?? '–',
      ];
    }),
    note:
      'Every group counts once, whatever its size. ±: 95 %, what drawing pairs leaves open. Published: BIOSCAN-5M, restricted Damerau on barcodes ' +
      `cut to 625 letters and aligned with gaps, wrong labels included, groups of 5 barcodes or more${measure === 'paper' ? '; here without alignment' : ': other units'}.`,
  }; // prettier-ignore
}

function measureName(measure: DistanceMeasure): string {
  switch (measure) {
    case 'p':
      return 'p-distance over the semi-global overlap';
    case 'k2p':
      return 'Kimura two-parameter over the semi-global overlap';
    case 'levenshtein':
      return 'Levenshtein, barcodes of one length';
    case 'damerau':
      return 'restricted Damerau, barcodes of one length';
    case 'paper':
      return 'the paper’s: restricted Damerau of 625 letters';
    default:
      return measure satisfies never;
  }
}

function boxFigure(rank: LabelRank, found: readonly GroupDistances[], measure: DistanceMeasure): ReportFigure[] {
  const own = found.filter(({ group, box }) => group.rank === rank && box !== undefined);
  const largest = [...own].sort((a, b) => b.group.barcodes.length - a.group.barcodes.length).slice(0, shownGroups);
  const points = largest.flatMap(({ group, box }) =>
    box === undefined
      ? []
      : [
          {
            x: `${group.name} (${group.barcodes.length.toLocaleString('en')})`,
            y: scaled(box.median, measure),
            low: scaled(box.low, measure),
            high: scaled(box.high, measure),
            q1: scaled(box.q1, measure),
            q3: scaled(box.q3, measure),
          },
        ],
  );
  if (points.length === 0) return [];
  const which =
    own.length > points.length ? `the ${points.length} with most barcodes of ${own.length}` : 'by number of barcodes';
  return [
    {
      title: `Distances within each ${rank}`,
      kind: 'box',
      x: { label: rank },
      y: { label: `distance (${unitOf(measure)})` },
      series: [{ name: rank, points }],
      note: `Median, quartiles, and whiskers to the outermost pair within 1.5 interquartile ranges; ${which}.`,
    },
  ];
}

function curveFigure(found: readonly GroupDistances[], measure: DistanceMeasure): ReportFigure[] {
  const curve = speciesCurve(found);
  if (curve.length < 2) return [];
  const points = curve.map(({ bin, mean }) => ({ x: (100 * bin) / curve.length, y: scaled(mean, measure) }));
  const published = { name: 'published (BIOSCAN-5M)', points: publishedCurve.map(([x, y]) => ({ x, y })) };
  return [
    {
      title: 'Species from the most to the least spread out',
      kind: 'line',
      x: { label: 'percent of species' },
      y: { label: `mean distance (${unitOf(measure)})` },
      series: [{ name: 'these records', points }, ...(measure === 'paper' ? [published] : [])],
      note: `Means of ${curve.length} bins of equal number. The first bins are where wrong labels gather.`,
    },
  ];
}

interface Suspect {
  readonly found: GroupDistances;
  readonly mean: number;
  readonly limit: number;
}

/** Species whose mean distance lies beyond Tukey's upper fence of all species' means, most spread first. */
function spreadOut(found: readonly GroupDistances[]): Suspect[] {
  const species = found.flatMap((one) =>
    one.group.rank === 'species' && one.moments !== undefined ? [{ found: one, mean: one.moments.mean }] : [],
  );
  const box = boxStatistics(tallyOf(species.map(({ mean }) => mean)));
  if (box === undefined || species.length < 8) return [];
  const limit = box.q3 + 1.5 * (box.q3 - box.q1);
  return species
    .filter(({ mean }) => mean > limit)
    .map((one) => ({ ...one, limit }))
    .sort((a, b) => b.mean - a.mean);
}

function suspectFindings(
  suspects: readonly Suspect[],
  records: Iterable<HaplotypeRecord>,
  measure: DistanceMeasure,
): CheckFinding[] {
  const holders = recordsByBarcode(suspects, records);
  return suspects.map(({ found, mean, limit }): CheckFinding => {
    const { group, moments, farthest = ['', ''] } = found;
    const ends = farthest.map((barcode) => holders.get(group.name)?.get(barcode) ?? []);
    const text = (value: number | undefined): string => `${shown(value, measure)} ${unitOf(measure)}`;
    return {
      check: 'species-spread',
      severity: 'warning',
      records: ends.flatMap((ids) => ids.slice(0, 5)),
      message: `${group.name}: its barcodes differ by ${text(mean)} on average and ${text(moments?.largest)} at most; most species stay below ${text(limit)}`,
      evidence: {
        species: group.name, barcodes: group.counts.length, records: group.records,
        mean, largest: moments?.largest ?? mean, limit, measure, oneEnd: ends[0] ?? [], otherEnd: ends[1] ?? [],
      },
      action: 'look at the records at both ends: a wrong label, a pseudogene, or two species under one name',
    }; // prettier-ignore
  });
}

/** Process ids of the species in question by barcode; the paper's cut barcodes find the records that they were cut from. */
function recordsByBarcode(
  suspects: readonly Suspect[],
  records: Iterable<HaplotypeRecord>,
): Map<string, Map<string, string[]>> {
  const byName = new Map(suspects.map(({ found }) => [found.group.name, new Map<string, string[]>()]));
  const lengths = new Map(suspects.map(({ found }) => [found.group.name, found.farthest?.[0].length ?? 0]));
  for (const { processId, lineage, barcode } of records) {
    const own = byName.get(lineage.species ?? '');
    if (own === undefined) continue;
    const key = barcodeKey(barcode ?? '');
    const cut = lengths.get(lineage.species ?? '') ?? 0;
    for (const form of new Set([key, key.slice(0, cut).padEnd(cut, '-')])) {
      const ids = own.get(form);
      if (ids === undefined) own.set(form, [processId]);
      else ids.push(processId);
    }
  }
  return byName;
}

function suspectTable(
  suspects: readonly Suspect[],
  findings: readonly CheckFinding[],
  measure: DistanceMeasure,
): ReportTable {
  const unit = unitOf(measure);
  return {
    title: 'Species that are more spread out than the rest',
    columns: ['species', 'records', 'barcodes', `mean (${unit})`, `largest (${unit})`, 'at one end', 'at the other'],
    rows: suspects.slice(0, shownSuspects).map(({ found, mean }, i) => {
      const { oneEnd, otherEnd } = findings[i]?.evidence ?? {};
      return [
        found.group.name, found.group.records, found.group.counts.length, shown(mean, measure), shown(found.moments?.largest, measure),
        idsText(oneEnd), idsText(otherEnd),
      ]; // prettier-ignore
    }),
    note:
      `${suspects.length} species have a mean beyond the upper quartile of all means by more than 1.5 interquartile ranges` +
      (suspects.length > shownSuspects ? `; the first ${shownSuspects} are shown.` : '.') +
      ' A wrong label, a pseudogene, or two species under one name: look before you rename.',
  };
}

function idsText(ids: string | number | readonly string[] | undefined): string {
  if (!Array.isArray(ids)) return '–';
  const [first = '–', ...rest] = ids as readonly string[];
  return rest.length === 0 ? first : `${first} and ${rest.length} more`;
}

function warningsOf(
  { groups, measure, length, minimumBarcodes }: DistancePlan,
  summaries: readonly RankSummary[],
): string[] {
  const warnings: string[] = [];
  for (const { rank, groups: count, measured } of summaries) {
    if (count === 0) warnings.push(`no record has a ${rank}`);
    else if (measured === 0) warnings.push(`no ${rank} has ${minimumBarcodes} barcodes that can be compared`);
  }
  const aside = groups.reduce((sum, { setAside }) => sum + setAside, 0);
  if (aside > 0 && measure !== 'paper')
    warnings.push(
      `${aside} barcodes (each counted once a rank) are not ${length ?? 0} letters long and were set aside: edits between unequal lengths measure length`,
    );
  if (aside > 0 && measure === 'paper')
    warnings.push(
      `${aside} barcodes (each counted once a rank) were left out: equal once cut to ${length ?? 0} letters, or beyond the paper's 1,000 a group`,
    );
  return warnings;
}

function limitsOf({ measure }: DistancePlan): string[] {
  return [
    'Names are taken as they stand: wrong labels make groups look wider, names read off the barcode make them look tighter.',
    'A distance within a group grows with how widely it was sampled; the published set was sampled otherwise.',
    ...(isShare(measure)
      ? ['Pairs that overlap in fewer than 300 sites have no distance.']
      : ['Edits take N and other ambiguity codes for letters of their own.']),
  ];
}
