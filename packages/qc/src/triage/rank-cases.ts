import type { Finding } from '@bioscan/core';
import type { Library } from '../library/library.js';
import { fittedSuspicion } from './fitted-suspicion.js';
import { reportCategory, type ReportCategory } from './report-categories.js';
import { notErrors, suspicion, suspicionsOf, type SuspicionModel } from './suspicion-model.js';

/** A change that would settle a case: a field of the record and its new value. */
export interface ProposedChange {
  readonly field: 'species' | 'genus' | 'latitude' | 'longitude';
  readonly to: string | number;
}

/** All that was noticed about one record. */
export interface TriageCase {
  readonly processId: string;
  /** `error`: something looks wrong; `novelty`: a discovery; `note`: worth knowing. */
  readonly kind: 'error' | 'novelty' | 'note';
  /** Estimated chance that the record bears an error. */
  readonly precision: number;
  /** Strongest first. */
  readonly findings: readonly Finding[];
  /** The cheapest next action: that of the strongest finding. */
  readonly action: string;
  readonly category: ReportCategory;
  /** Present where the evidence says what to write instead. */
  readonly changes?: readonly ProposedChange[];
}

export interface RankOptions {
  readonly model?: SuspicionModel;
  /** Share of wrong records that is expected in this table; default 2 %. */
  readonly prevalence?: number;
}

/**
 * Merges findings by record and ranks the records by the estimated chance of an error. A coherent new lineage is a novelty unless something speaks
 * for an error more than the even; what the lineage itself explains does not. Ties stand in the order of the table.
 */
export function rankCases(library: Library, findings: readonly Finding[], options: RankOptions = {}): TriageCase[] {
  const { model = fittedSuspicion, prevalence = 0.02 } = options;
  const suspicions = suspicionsOf(findings);
  const byRecord = new Map<string, Finding[]>();
  for (const finding of findings) {
    for (const id of finding.records) {
      const own = byRecord.get(id);
      if (own === undefined) byRecord.set(id, [finding]);
      else own.push(finding);
    }
  }
  const cases = Array.from(byRecord, ([processId, own]): TriageCase => {
    const all = suspicions.get(processId) ?? new Map<string, number>();
    const isLineage = own.some(({ check }) => check === 'detached-lineage');
    const unexplained = isLineage ? [...all].filter(([check]) => !explained.has(check)) : all;
    const precision = suspicion(model, new Map(unexplained), prevalence);
    return caseOf(library, processId, own, precision, model);
  });
  const place = (one: TriageCase): number => library.indexOf(one.processId) ?? Infinity;
  return cases.sort((a, b) => order[a.kind] - order[b.kind] || b.precision - a.precision || place(a) - place(b));
}

/** What a coherent lineage apart from its name brings about by itself: no evidence for an error on top of it. */
const explained: ReadonlySet<string> = new Set([
  'far-from-consensus',
  'label-against-neighbourhood',
  'species-several-bins',
]);

const order = { error: 0, novelty: 1, note: 2 } as const;

function caseOf(
  library: Library,
  processId: string,
  own: readonly Finding[],
  precision: number,
  model: SuspicionModel,
): TriageCase {
  const weight = ({ check, evidence }: Finding): number => {
    const { fires = 0, score = 0 } = model.checks[check] ?? {};
    const strength = typeof evidence['score'] === 'number' ? evidence['score'] : 0;
    return notErrors.has(check) ? -1 : fires + score * strength + strength / 100;
  };
  const findings = [...own].sort((a, b) => weight(b) - weight(a));
  const [first] = findings as [Finding];
  const errors = findings.some(({ check }) => !notErrors.has(check));
  const novelty = findings.find(({ check }) => check === 'detached-lineage');
  const kind = novelty !== undefined && precision < 0.5 ? 'novelty' : errors ? 'error' : 'note';
  const leading = kind === 'novelty' && novelty !== undefined ? novelty : first;
  const changes = proposedChanges(library, processId, leading);
  return {
    processId,
    kind,
    precision,
    findings: leading === first ? findings : [leading, ...findings.filter((finding) => finding !== leading)],
    action: leading.action ?? 'look at the record',
    category: reportCategory(leading),
    ...(changes.length === 0 ? {} : { changes }),
  };
}

function proposedChanges(library: Library, processId: string, { check, evidence }: Finding): ProposedChange[] {
  const { latitude, longitude } = library.records[library.indexOf(processId) ?? -1]?.place ?? {};
  switch (check) {
    case 'synonym':
    case 'misspelt-name':
    case 'gender-ending':
    case 'deeper-name':
      return rename(evidence['suggestion'], evidence['rank']);
    case 'nearer-other-species':
      return evidence['rank'] === 'species' ? rename(evidence['other']) : [];
    case 'bin-several-names':
    case 'otu-several-names':
      return evidence['rank'] === 'species' ? rename(evidence['majority']) : [];
    case 'coordinates-not-in-country': {
      if (latitude === undefined || longitude === undefined) return [];
      const [y, x] = repaired(evidence['repair'], latitude, longitude);
      return y === latitude && x === longitude ? [] : [{ field: 'latitude', to: y }, { field: 'longitude', to: x }]; // prettier-ignore
    }
    default:
      return [];
  }
}

function rename(to: Finding['evidence'][string] | undefined, rank?: Finding['evidence'][string]): ProposedChange[] {
  if (typeof to !== 'string') return [];
  if (rank === 'genus') return [{ field: 'genus', to }];
  return to.includes(' ') ? [{ field: 'species', to }] : [];
}

function repaired(
  repair: Finding['evidence'][string] | undefined,
  latitude: number,
  longitude: number,
): [number, number] {
  switch (repair) {
    case 'latitude and longitude changed places':
      return [longitude, latitude];
    case 'the sign of the longitude is lost':
      return [latitude, -longitude];
    case 'the sign of the latitude is lost':
      return [-latitude, longitude];
    case 'both signs are lost':
      return [-latitude, -longitude];
    default:
      return [latitude, longitude];
  }
}
