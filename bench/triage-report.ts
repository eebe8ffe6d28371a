import { ranks, type Report, type ReportTable } from '@bioscan/core';
import { fittedSuspicion } from '@bioscan/qc';
import { errorKinds, type ErrorKind } from '@bioscan/sim';
import { lists, type List, type ScoredRecord, type WorldScore } from './triage-jobs.js';
import type { TriageJob } from './triage-plan.js';
import { aim, interval, precisionAt, recallOf, thresholdOf, topOf, weighed, type Prevalence } from './triage-scores.js';

type PlantedRecord = NonNullable<ScoredRecord['error']>;

/** Worlds of one kind and rate: those that set the threshold, and those that are reported. */
interface Setting {
  readonly world: string;
  readonly rate: number;
  readonly threshold: readonly WorldScore[];
  readonly test: readonly WorldScore[];
}

/** Tables of the protocol from the scores of its worlds. */
export function triageReport(
  jobs: readonly TriageJob[],
  scores: ReadonlyMap<string, WorldScore>,
  { command, versions }: { readonly command: string; readonly versions: Readonly<Record<string, string>> },
): Report {
  const settings = settingsOf(jobs, scores);
  const complete = settings.filter(({ world }) => world === 'complete');
  const middle = complete[Math.floor(complete.length / 2)] as Setting;
  const novelty = jobs.flatMap(({ part, name }) => (part === 'novelty' ? [scores.get(name) as WorldScore] : []));
  const contaminants = contaminantTable(settings);
  return {
    title: 'Planted errors: what the triage finds',
    banner: `SIMULATED: property of generator ${versions['generator'] ?? ''}`,
    summary: [
      `${middle.test.length} reported worlds of ${middle.test[0]?.records ?? 0} records a setting; thresholds from ${middle.threshold.length} other worlds; weights: ${fittedSuspicion.source}, on yet others. Intervals are 95 % over worlds.`,
      contaminants.headline,
    ],
    tables: [
      precisionTable(settings),
      kindTable(complete),
      tierTable(middle),
      contaminants.table,
      noveltyTable(novelty, middle),
      undetectableTable(middle),
    ],
    figures: [],
    limits: [
      'Errors, names, barcodes and photos are simulated; recall on a real library is unknown.',
      'Weights hold in worlds like these. Photos are 32 pixels wide, the aligned model was trained for a minute from random weights.',
      'Records with a barcode copied from another record are set apart: nothing in a table contradicts a copy of the same species.',
    ],
    warnings: [],
    provenance: { command, seeds: jobs.map(({ choice }) => choice.seed), encoders: [], versions },
  };
}

function settingsOf(jobs: readonly TriageJob[], scores: ReadonlyMap<string, WorldScore>): Setting[] {
  const keys = new Set(jobs.flatMap(({ part, choice }) => (part === 'test' ? [`${choice.name} ${choice.rate}`] : [])));
  return [...keys].map((key) => {
    const [world = '', rate = ''] = key.split(' ');
    const of = (part: TriageJob['part']): WorldScore[] =>
      jobs.flatMap((job) =>
        job.part === part && job.choice.name === world && job.choice.rate === Number(rate)
          ? [scores.get(job.name) as WorldScore]
          : [],
      );
    return { world, rate: Number(rate), threshold: of('threshold'), test: of('test') };
  });
}

function threshold({ threshold: worlds }: Setting, list: List, prevalence: Prevalence): number {
  return thresholdOf(worlds.flatMap((world) => weighed(world, list, prevalence)));
}

const each = ({ rate }: Setting): Prevalence => ({ share: rate, of: 'each kind' });
const together = ({ rate }: Setting): Prevalence => ({ share: rate, of: 'all kinds together' });

function percent(share: number): string {
  return `${100 * share} %`;
}

function precisionTable(settings: readonly Setting[]): ReportTable {
  return {
    title: `Precision that a threshold for ${aim} from other worlds keeps`,
    columns: [
      'world',
      'prevalence',
      'of',
      'threshold',
      'precision',
      'recall, all kinds alike',
      'precision at the top 50, as planted',
    ],
    rows: settings.flatMap((setting) =>
      [each(setting), together(setting)].map((prevalence) => {
        const limit = threshold(setting, 'all', prevalence);
        return [
          setting.world,
          percent(prevalence.share),
          prevalence.of,
          limit.toFixed(2),
          interval(setting.test.map((world) => precisionAt(weighed(world, 'all', prevalence), limit))),
          interval(setting.test.map((world) => macroRecall(world, limit))),
          interval(setting.test.map((world) => topOf(world, 'all'))),
        ];
      }),
    ),
    note: 'Each kind of error is planted at the rate; records are then weighted so that each kind, or all of them together, have the stated share.',
  };
}

/** Mean over kinds: a plate has more records than ten stops. */
function macroRecall(world: WorldScore, limit: number): number {
  const shares = errorKinds.flatMap((kind) => {
    if (kind === 'cryptic-species' || kind === 'duplicated-barcode') return [];
    const { planted, found } = recallOf(world, 'all', limit, (error) => error.kind === kind);
    return planted === 0 ? [] : [found / planted];
  });
  return shares.reduce((sum, share) => sum + share, 0) / shares.length;
}

function recalls(
  worlds: readonly WorldScore[],
  list: List,
  limit: number,
  isOne: (error: PlantedRecord) => boolean,
): string {
  return interval(
    worlds.flatMap((world) => {
      const { planted, found } = recallOf(world, list, limit, isOne);
      return planted === 0 ? [] : [found / planted];
    }),
  );
}

function plantedIn(worlds: readonly WorldScore[], isOne: (error: PlantedRecord) => boolean): number {
  return worlds.reduce((sum, world) => sum + recallOf(world, 'all', 0, isOne).planted, 0);
}

/** Kinds with the ranks at which they are planted, in the order of kinds and ranks. */
function strata(worlds: readonly WorldScore[]): { kind: ErrorKind; stratum: PlantedRecord['stratum'] }[] {
  return errorKinds.flatMap((kind) =>
    ([...ranks, 'none'] as const).flatMap((stratum) => {
      const own = (error: PlantedRecord): boolean => error.kind === kind && error.stratum === stratum;
      return kind !== 'cryptic-species' && plantedIn(worlds, own) > 0 ? [{ kind, stratum }] : [];
    }),
  );
}

const rankWords: Readonly<Record<string, string>> = { class: 'class', order: 'cross-order', family: 'cross-family', subfamily: 'subfamily', genus: 'genus', species: 'congener', none: 'own record' }; // prettier-ignore

/** Kinds that bear another record's barcode: where none of its names differs, only the specimen does. */
function isMoved(kind: ErrorKind): boolean {
  return (
    kind === 'plate-off-by-one' || kind === 'plate-rotated' || kind === 'duplicated-barcode' || kind === 'swapped-image'
  );
}

function kindTable(settings: readonly Setting[]): ReportTable {
  const worlds = settings.flatMap(({ test }) => test);
  return {
    title: `Recall at precision ${aim} by kind and rank of divergence, all checks`,
    columns: [
      'kind',
      'divergence',
      'planted',
      ...settings.flatMap((setting) =>
        [each(setting), together(setting)].map(({ share, of }) => `${percent(share)} ${of}`),
      ),
    ],
    rows: strata(worlds).map(({ kind, stratum }) => {
      const own = (error: PlantedRecord): boolean => error.kind === kind && error.stratum === stratum;
      return [
        kind,
        stratum === 'none' && isMoved(kind) ? 'same species' : (rankWords[stratum] ?? stratum),
        plantedIn(worlds, own),
        ...settings.flatMap((setting) =>
          [each(setting), together(setting)].map((prevalence) =>
            recalls(setting.test, 'all', threshold(setting, 'all', prevalence), own),
          ),
        ),
      ];
    }),
    note: 'Divergence: the coarsest rank at which the name or barcode differs from the truth.',
  };
}

function tierTable(setting: Setting): ReportTable {
  const limits = lists.map((list) => threshold(setting, list, each(setting)));
  return {
    title: `Recall at precision ${aim} by kind and tier, each list with a threshold of its own, ${percent(setting.rate)} each kind`,
    columns: ['kind', 'planted', ...lists],
    rows: errorKinds.flatMap((kind) => {
      const own = (error: PlantedRecord): boolean => error.kind === kind;
      const planted = plantedIn(setting.test, own);
      if (planted === 0 || kind === 'cryptic-species') return [];
      return [[kind, planted, ...lists.map((list, i) => recalls(setting.test, list, limits[i] ?? Infinity, own))]];
    }),
    note: `Lists that no threshold brings to precision ${aim} find nothing. In-sample: the aligned model saw the records; never used elsewhere.`,
  };
}

function contaminantTable(settings: readonly Setting[]): { table: ReportTable; headline: string } {
  const isOne = ({ kind, stratum }: PlantedRecord): boolean =>
    (kind === 'contaminant-parasite' || kind === 'contaminant-neighbour') &&
    (stratum === 'class' || stratum === 'order');
  const shown: readonly List[] = ['all', 'tiers 1-3 and plates', 'tier 4', 'tier 4 in-sample'];
  const rows = settings.flatMap((setting) =>
    [each(setting), together(setting)].map((prevalence) => [
      setting.world,
      percent(prevalence.share),
      prevalence.of,
      plantedIn(setting.test, isOne),
      ...shown.map((list) => recalls(setting.test, list, threshold(setting, list, prevalence), isOne)),
    ]),
  );
  const first = rows[0]?.[4] ?? '–';
  return {
    headline: `Cross-order contaminants, goal recall 0.90 at precision ${aim}: all checks ${String(first)} at the lowest prevalence of each kind; below, every other setting and what photos against barcodes find alone.`,
    table: {
      title: `Cross-order contaminants: recall at precision ${aim} (goal 0.90)`,
      columns: ['world', 'prevalence', 'of', 'planted', ...shown],
      rows,
    },
  };
}

function noveltyTable(worlds: readonly WorldScore[], setting: Setting): ReportTable {
  const limit = threshold(setting, 'all', each(setting));
  const groups = [
    ['3 or more records on both sides', (least: number) => least >= 3],
    ['1 or 2 records on one side', (least: number) => least < 3],
  ] as const;
  const rows = groups.map(([name, fits]) => {
    const of = (world: WorldScore) => world.lumped.filter(({ records, host }) => fits(Math.min(records, host)));
    const flagged = (world: WorldScore): number =>
      world.scored.filter(({ error, chance }) => error?.kind === 'cryptic-species' && (chance.all ?? -1) >= limit)
        .length;
    const share = (number: (world: WorldScore) => [part: number, of: number]): string =>
      interval(worlds.map(number).flatMap(([part, whole]) => (whole === 0 ? [] : [part / whole])));
    const total = (world: WorldScore): number => of(world).reduce((sum, { records }) => sum + records, 0);
    return [
      name,
      worlds.reduce((sum, world) => sum + of(world).length, 0),
      share((world) => [of(world).filter(({ reported }) => reported).length, of(world).length]),
      share((world) => [of(world).reduce((sum, { asNovelty }) => sum + asNovelty, 0), total(world)]),
      share((world) => [flagged(world), world.lumped.reduce((sum, { records }) => sum + records, 0)]),
    ];
  });
  const others = worlds.map(({ otherNovelties, records }) => otherNovelties / records);
  return {
    title: 'Novelty: species lumped under the name of a congener',
    columns: [
      'lumped with',
      'species',
      'split reported as a discovery',
      'their records, as novelty',
      'records of all lumped species flagged as error',
    ],
    rows,
    note: `A split is reported when a discovery names one side of it. Error: at the threshold for precision ${aim}. Other records in discoveries (deep lineages that the world really has, and the lumping species): ${interval(others)} of all.`,
  };
}

function undetectableTable(setting: Setting): ReportTable {
  const limit = threshold(setting, 'all', each(setting));
  return {
    title: 'What nothing in names and barcodes contradicts',
    columns: ['kind', 'congeners or same names', 'of them alone', 'recall of those', 'recall of the others'],
    rows: errorKinds.flatMap((kind) => {
      const near = ({ kind: own, stratum }: PlantedRecord): boolean =>
        own === kind && (stratum === 'species' || kind === 'duplicated-barcode');
      const planted = plantedIn(setting.test, near);
      if (planted === 0 || kind === 'cryptic-species') return [];
      const alone = (error: PlantedRecord): boolean => near(error) && error.alone;
      const others = (error: PlantedRecord): boolean => near(error) && !error.alone;
      return [
        [
          kind,
          planted,
          plantedIn(setting.test, alone),
          recalls(setting.test, 'all', limit, alone),
          recalls(setting.test, 'all', limit, others),
        ],
      ];
    }),
    note: 'Alone: the name has no other barcode to differ from, or bears this very barcode elsewhere. Only a neighbouring well could betray such a record.',
  };
}
