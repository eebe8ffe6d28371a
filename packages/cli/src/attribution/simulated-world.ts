import type { AlignmentData, Modality } from '@bioscan/align';
import type { QuerySets, Subject, SubjectSource } from '@bioscan/align/controls';
import { BioscanError, rng, sha256, throwIfCancelled, type Picture, type Progress, type Store } from '@bioscan/core';
import {
  completeLabels,
  photograph,
  photographer,
  simulate,
  simulatorVersion,
  worldHash,
  worlds,
  type Simulation,
  type World,
} from '@bioscan/sim';
import { selectRows } from '@bioscan/align/controls';
import { dealWorld, type DealOptions, type WorldDeal } from './deal-world.js';
import { photoViews, squareCrop, type SmallPhoto } from './small-photo.js';
import { kmerMeanOf, studyRows, type StudyRecord } from './study-rows.js';
import type { StudySettings } from './study-settings.js';

/** A simulated world of a study. */
export interface WorldPlan {
  readonly seed: number;
  /** Default: `standard`. Every name is known: labels are hidden by the arms, not by the world. */
  readonly world?: World;
  /** Default 8,000, of which about 3,600 are photographed. */
  readonly specimens?: number;
  /** Default: one for 20 specimens. */
  readonly species?: number;
  readonly deal?: DealOptions;
}

export interface WorldHost {
  readonly settings: StudySettings;
  readonly modalities: Readonly<Record<string, Modality>>;
  /** Of the weights that photo towers start from; '' where they start from random. */
  readonly weightsHash: string;
  /** Rendered photos are kept here. */
  readonly cache: Store;
  readonly signal?: AbortSignal;
  readonly onProgress?: (what: string, progress: Progress) => void;
}

/** Goes into every hash: change it when dealing or rendering changes. */
const layout = 1;

/** A world as a subject: simulated, dealt by the truth, photographed small, cached by a hash over settings and generator. */
export function simulatedWorld(plan: WorldPlan, host: WorldHost): SubjectSource {
  const settled = settle(plan);
  const hash = sha256(JSON.stringify([layout, simulatorVersion, settled, host.settings, host.weightsHash]));
  const name = `${settled.world.name} ${settled.seed}`;
  const banner = `SIMULATED: property of generator ${simulatorVersion}, world ${settled.world.name}`;
  return { name, hash, banner, open };

  async function open(): Promise<Subject> {
    const { simulation, deal } = simulated(settled);
    const records = await photographed(settled, simulation, deal, host);
    const take = (positions: readonly number[]): StudyRecord[] => positions.map((at) => records.get(at) as StudyRecord);
    const kmerMean = await kmerMeanOf(take(deal.training), host.settings);
    const rows = (positions: readonly number[], labels: 'record' | 'truth'): Promise<AlignmentData> =>
      studyRows(take(positions), host.settings, { labels, kmerMean });
    const test: QuerySets = {
      keys: await rows([...deal.training, ...deal.unseenKeys], 'truth'),
      seen: await rows(deal.seenQueries, 'truth'),
      unseen: await rows(deal.unseenQueries, 'truth'),
    };
    return {
      name,
      hash,
      banner,
      data: await rows(deal.training, 'record'),
      modalities: host.modalities,
      // A world is tuned on or reported: its source does not say that its queries are apart, and is refused for both.
      validation: test,
      test,
    };
  }
}

/** Photos of a world into the cache, so that a study need not wait for them. */
export async function renderWorld(
  plan: WorldPlan,
  host: Pick<WorldHost, 'settings' | 'cache' | 'signal' | 'onProgress'>,
): Promise<void> {
  const settled = settle(plan);
  const { simulation, deal } = simulated(settled);
  await photographed(settled, simulation, deal, host);
}

type SettledWorld = Required<Omit<WorldPlan, 'deal'>> & Pick<WorldPlan, 'deal'>;

function settle({
  seed,
  world = worlds.standard,
  specimens = 8000,
  species = Math.round(specimens / 20),
  deal,
}: WorldPlan): SettledWorld {
  return {
    seed,
    world: { ...world, labels: completeLabels },
    specimens,
    species,
    ...(deal === undefined ? {} : { deal }),
  };
}

function simulated({ seed, world, specimens, species, deal }: SettledWorld): {
  simulation: Simulation;
  deal: WorldDeal;
} {
  const simulation = simulate({ seed, world, specimens, species });
  return { simulation, deal: dealWorld(simulation, seed, deal) };
}

async function photographed(
  settled: SettledWorld,
  simulation: Simulation,
  deal: WorldDeal,
  host: Pick<WorldHost, 'settings' | 'cache' | 'signal' | 'onProgress'>,
): Promise<ReadonlyMap<number, StudyRecord>> {
  const { settings } = host;
  const training = new Set(deal.training);
  const positions = [...deal.training, ...deal.unseenKeys, ...deal.seenQueries, ...deal.unseenQueries];
  const key = sha256(
    JSON.stringify([layout, simulatorVersion, worldHash(settled.world), settled, settings.size, settings.views]),
  );
  const file = `photos-${settings.size}-${key.slice(0, 16)}.bin`;
  const bytes = (await host.cache.list(file)).includes(file)
    ? await host.cache.read(file)
    : await render(settled, simulation, positions, training, host, file);
  const photos = unpack(
    file,
    bytes,
    positions.map((at) => (training.has(at) ? settings.views : 0)),
    settings.size,
  );
  return new Map(
    positions.map((at, i) => {
      const { processId, lineage, bin, barcode } = simulation.specimens[at] as Simulation['specimens'][number];
      const record: StudyRecord = {
        id: processId,
        lineage,
        truth: (simulation.truth[at] as Simulation['truth'][number]).lineage,
        ...(bin === undefined ? {} : { bin }),
        ...(barcode === undefined ? {} : { barcode }),
        photo: photos[i] as SmallPhoto,
      };
      return [at, record];
    }),
  );
}

/** About 12 ms a photo and 1 ms a view. */
async function render(
  { seed, world }: SettledWorld,
  simulation: Simulation,
  positions: readonly number[],
  training: ReadonlySet<number>,
  { settings, cache, signal, onProgress }: Pick<WorldHost, 'settings' | 'cache' | 'signal' | 'onProgress'>,
  file: string,
): Promise<Uint8Array> {
  const random = rng(seed);
  const camera = photographer(simulation, random);
  const pictures: Picture[] = [];
  for (const [done, at] of positions.entries()) {
    const { processId } = simulation.specimens[at] as Simulation['specimens'][number];
    const { morphology, individual, scene } = camera.job(processId, []);
    const { picture, box } = photograph(morphology, individual, scene, { width: 192, height: 144 });
    const plain = squareCrop(picture, box, settings.size);
    pictures.push(
      plain,
      ...(training.has(at) ? photoViews(plain, settings.views, random.split(`views ${processId}`)) : []),
    );
    if (done % 50 !== 0) continue;
    throwIfCancelled(signal, 'simulated photos');
    onProgress?.(`photos of ${world.name} ${seed}`, { done, total: positions.length });
    await new Promise((resolve) => setImmediate(resolve));
  }
  const bytes = new Uint8Array(pictures.reduce((sum, { data }) => sum + data.length, 0));
  let next = 0;
  for (const { data } of pictures) {
    bytes.set(data, next);
    next += data.length;
  }
  await cache.write(file, bytes);
  return bytes;
}

function unpack(file: string, bytes: Uint8Array, views: readonly number[], size: number): SmallPhoto[] {
  const length = 3 * size * size;
  const expected = length * views.reduce((sum, count) => sum + 1 + count, 0);
  if (bytes.length !== expected) {
    throw new BioscanError(
      bytes.length < expected ? 'truncated' : 'bad-file',
      `cli: ${file}, got ${bytes.length} bytes, expected ${expected}; remove the file to render its photos again`,
      { file },
    );
  }
  let next = 0;
  const picture = (): Picture => ({ width: size, height: size, data: bytes.subarray(next, (next += length)) });
  return views.map((count) => ({ plain: picture(), views: Array.from({ length: count }, picture) }));
}

/**
 * A subject with fewer training rows, for curves over data size, under a hash of its own. Keys stay whole and queries the same: the curve asks what
 * training on fewer rows costs, with one library of references at every size. No row changes sides, so that what was held out still is.
 */
export function fewerRows(source: SubjectSource, share: number): SubjectSource {
  if (share === 1) return source;
  const hash = sha256(`${source.hash} ${share}`);
  return {
    ...source,
    hash,
    origin: source.origin ?? source.hash,
    open: async () => {
      const subject = await source.open();
      const count = Math.round(share * subject.data.ids.length);
      const rows = rng(1)
        .split('fewer')
        .shuffle(subject.data.ids.map((_, row) => row))
        .slice(0, count);
      return {
        ...subject,
        hash,
        data: selectRows(
          subject.data,
          rows.sort((a, b) => a - b),
        ),
      };
    },
  };
}
