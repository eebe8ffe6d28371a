import {
  BioscanError,
  isNotFinite,
  memoryStore,
  rng,
  throwIfCancelled,
  type EmbeddingBlock,
  type Rng,
  type Runtime,
  type TrainingState,
} from '@bioscan/core';
import { chance, knnPredictions, labelTable, scorePredictions } from '@bioscan/eval';
import { alignment, type Alignment } from '../alignment.js';
import type { AlignmentData } from '../alignment-data.js';
import { classesOf } from '../change-data.js';
import { embedModality } from '../embed-modality.js';
import type { Modality } from '../modality.js';
import { trainAlignment } from '../run/train-alignment.js';
import { viewsOf, type Arm } from './arm.js';
import type { ArmCost, ArmJob, Retrieval, RunArm } from './arm-run.js';
import { changeData } from './data-change.js';
import { embedRaw, modalityNamed } from './embed-raw.js';
import { nearestKeys } from './nearest-keys.js';
import type { QuerySets, Subject, SubjectSource } from './subject.js';
import { labelledRecords, tallyOf } from './tally.js';

export interface TrainArmOptions {
  /** All that jobs may name, tuning and reported; asked anew for each job. */
  readonly subjects: Iterable<SubjectSource>;
  readonly runtime: Runtime;
  /** Subjects kept open. Default 1; give as many as jobs run at the same time where these may be of different subjects. */
  readonly open?: number;
}

/**
 * Trains arms for attribution() by trainAlignment(), and judges the last parameters: nothing of the queries is used for stopping. Training that
 * diverges is an outcome, not an error.
 * @throws BioscanError `mismatch` when a subject that says its queries are apart asks the same specimen in validation and test
 */
export function trainArm({ subjects, runtime, open = 1 }: TrainArmOptions): RunArm {
  const opened = new Map<string, Promise<Subject>>();
  return async (job, signal) => {
    const subject = await openSubject(job);
    throwIfCancelled(signal, 'align: attribution');
    const trained = await train(job, subject, runtime, signal);
    if (trained.diverged !== undefined) return { cost: trained.cost, retrievals: [], diverged: trained.diverged };
    const sets = job.stage === 'test' ? subject.test : subject.validation;
    return { cost: trained.cost, retrievals: await retrievals(job, subject, sets, trained, runtime) };
  };

  function openSubject({ subject, subjectHash }: ArmJob): Promise<Subject> {
    const known = opened.get(subjectHash);
    if (known !== undefined) return known;
    const source = [...subjects].find(({ hash }) => hash === subjectHash);
    if (source === undefined) throw new RangeError(`align: no subject '${subject}' of this hash`);
    for (const [hash] of [...opened].slice(0, Math.max(0, opened.size + 1 - open))) opened.delete(hash);
    const opening = source.open().then((found) => checkedQueries(source, found));
    opened.set(subjectHash, opening);
    // What could not be opened, or was cancelled, is tried again by the next job.
    opening.catch(() => opened.delete(subjectHash));
    return opening;
  }
}

interface Trained {
  readonly cost: ArmCost;
  readonly diverged?: { readonly step: number };
  /** Absent: the arm trains nothing, or diverged. */
  readonly model?: Alignment;
  readonly state?: TrainingState;
}

async function train(job: ArmJob, subject: Subject, runtime: Runtime, signal?: AbortSignal): Promise<Trained> {
  const { arm, budget, point, seed } = job;
  if (arm.modalities.length === 0) {
    return { cost: { steps: 0, imagePasses: 0, gigaflop: 0, labelled: 0, bought: 0 } };
  }
  const data = changeData(subject.data, arm.changes ?? [], seed);
  const model = alignment({
    modalities: Object.fromEntries(arm.modalities.map((name) => [name, modalityOf(arm, subject, name)])),
    objective: arm.objective,
    width: budget.width,
    logitScale: { initial: Math.log(1 / point.temperature), largest: Math.log(200) },
    classes: Object.fromEntries(
      arm.objective.flatMap((term) => (term.kind === 'classify' ? [[term.label, classesOf(data, term.label)]] : [])),
    ),
  });
  const steps = Math.max(1, Math.round(budget.steps * (arm.stepFactor ?? 1)));
  const { batchSize } = budget;
  let operations = 0;
  let rows = batchSize;
  const result = await trainAlignment(
    {
      ...{ model, data, seed },
      ...(arm.sampler === undefined ? {} : { sampler: arm.sampler }),
      budget: { steps, batchSize, peakLearningRate: point.learningRate, checkpointEvery: steps },
    },
    {
      runtime,
      store: memoryStore(),
      ...(signal === undefined ? {} : { signal }),
      onPlan: (plan) => {
        operations = plan.step.operations ?? 0;
        rows = plan.batches.batchSize;
      },
    },
  ).catch(divergedAt);
  const taken = 'diverged' in result ? result.diverged.step : steps;
  const cost: ArmCost = {
    steps: taken,
    imagePasses: taken * rows * viewsOf(arm, 'image'),
    gigaflop: Math.round((taken * operations) / 1e8) / 10,
    labelled: countRows(data, (row) => arm.labels.some((label) => data.labels[label]?.[row] !== undefined)),
    bought: countRows(data, (row) => arm.bought.some((name) => data.modalities[name]?.has(row) === true)),
  };
  return 'diverged' in result ? { cost, diverged: result.diverged } : { cost, model, state: result.last };
}

function divergedAt(error: unknown): Required<Pick<Trained, 'diverged'>> {
  if (isNotFinite(error)) return { diverged: { step: Number(error.details['step']) } };
  throw error;
}

/** Holds a subject to its word that the queries of validation and test are other specimens. */
function checkedQueries({ queries }: SubjectSource, subject: Subject): Subject {
  if (queries !== 'apart') return subject;
  const { validation, test } = subject;
  const known = new Set([...validation.seen.ids, ...validation.unseen.ids]);
  const both = [...test.seen.ids, ...test.unseen.ids].filter((id) => known.has(id));
  if (both.length === 0) return subject;
  throw new BioscanError(
    'mismatch',
    `align: subject '${subject.name}', got ${both.length} queries in validation and in test (${both.slice(0, 3).join(', ')}), expected none, since it says that they are apart`,
    { subject: subject.name, ids: both },
  );
}

function modalityOf(arm: Arm, subject: Subject, name: string): Modality {
  const modality = modalityNamed(subject, name);
  return {
    ...modality,
    views: viewsOf(arm, name),
    ...(arm.frozen?.includes(name) === true ? { training: { kind: 'frozen' } } : {}),
  };
}

/** Photo to photo first, then what else the arm asks for. */
async function retrievals(
  job: ArmJob,
  subject: Subject,
  sets: QuerySets,
  trained: Trained,
  runtime: Runtime,
): Promise<Retrieval[]> {
  const embedded = new Map<string, Promise<EmbeddingBlock>>();
  const vectors = (set: keyof QuerySets, name: string): Promise<EmbeddingBlock> => {
    const key = `${set} ${name}`;
    const known = embedded.get(key) ?? embedRows(subject, sets[set], name, trained, runtime);
    embedded.set(key, known);
    return known;
  };
  const random = rng(job.seed).split('chance');
  const found: Retrieval[] = [];
  for (const [query, key] of [[job.arm.query, job.arm.query] as const, ...(job.arm.also ?? [])]) {
    const keys = await vectors('keys', key);
    const of = async (set: 'seen' | 'unseen'): Promise<Pick<Retrieval, 'seen'> & { readonly level: number }> =>
      score(await vectors(set, query), keys, [sets[set], sets.keys], random.split(`${query} ${key} ${set}`));
    const [seen, unseen] = [await of('seen'), await of('unseen')];
    found.push({
      query,
      key,
      seen: seen.seen,
      unseen: unseen.seen,
      chance: { seen: seen.level, unseen: unseen.level },
    });
  }
  return found;
}

function score(
  queries: EmbeddingBlock,
  keys: EmbeddingBlock,
  truth: readonly AlignmentData[],
  random: Rng,
): Pick<Retrieval, 'seen'> & { readonly level: number } {
  const neighbours = nearestKeys(queries, keys);
  const records = new Map(truth.flatMap(labelledRecords).map((record) => [record.processId, record]));
  const labels = labelTable(records.values());
  const outcomes = scorePredictions(knnPredictions(neighbours, labels, 'species', { depth: 1 }), labels);
  return { seen: tallyOf(outcomes), level: chance(neighbours, labels, 'species', { rng: random }).macro.mean };
}

/** By the trained model where the modality is part of it, else by its tower as it was before. */
function embedRows(
  subject: Subject,
  data: AlignmentData,
  name: string,
  trained: Trained,
  runtime: Runtime,
): Promise<EmbeddingBlock> {
  const { model, state } = trained;
  if (model !== undefined && state !== undefined && name in model.modalities) {
    return embedModality(model, state, name, data, runtime);
  }
  return embedRaw(subject, data, name, runtime);
}

function countRows({ ids }: AlignmentData, holds: (row: number) => boolean): number {
  return ids.reduce((count, _, row) => count + (holds(row) ? 1 : 0), 0);
}
