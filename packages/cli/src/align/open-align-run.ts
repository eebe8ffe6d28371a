import { alignmentFiles, decodeAlignment, type Alignment } from '@bioscan/align';
import { BioscanError, type Store, type Tensor, type TrainingState } from '@bioscan/core';
import { builtModel, frozenWeights, isFrozen, modelOf, trainedModel, type ModelRecord } from './align-model.js';
import { rowsFile, type RowsRecord } from './rows-record.js';

/** Name of the model's record in a run's folder. */
export const modalitiesFile = 'modalities.json';

/** A finished or stopped run: the whole model, frozen towers included, and its best parameters. */
export interface AlignRun {
  readonly model: Alignment;
  readonly state: TrainingState;
  readonly record: ModelRecord;
  /** Process ids that it was trained on. */
  readonly trainingIds: readonly string[];
  /** Process ids that chose its best parameters. Absent: a run from before they were written down. */
  readonly validationIds?: readonly string[];
  /** `config.json`: data hash, seeds, versions. */
  readonly config: unknown;
  /** Whether it came to its end: the last parameters are there too. */
  readonly finished: boolean;
}

/**
 * Opens the folder of `bioscan align`, to export or to embed.
 * @throws BioscanError `not-found` for a folder without a run or without parameters yet; `bad-file` for damaged records and those of other
 * versions; `mismatch` when its files do not belong together
 */
export async function openAlignRun(folder: string, store: Store): Promise<AlignRun> {
  const record = wholeRecord(
    await readRunRecord(store, modalitiesFile, 'bioscan-alignment-modalities', folder),
    folder,
  );
  const built = await builtModel(record, folder);
  const names = await store.list('');
  const file = [alignmentFiles.best, alignmentFiles.model].find((name) => names.includes(name));
  if (file === undefined) {
    throw new BioscanError(
      'not-found',
      `cli: ${folder}, got a run without ${alignmentFiles.best}, expected parameters; let bioscan align go on to its first validation`,
      { folder },
    );
  }
  const { state } = decodeAlignment(trainedModel(record, built), await store.read(file));
  const frozen: Record<string, Tensor> = {};
  for (const [name, modality] of Object.entries(built.modalities)) {
    if (!isFrozen(modality)) continue;
    const { tensors } = frozenWeights(name, modality, record.seed);
    for (const [parameter, value] of Object.entries(tensors)) frozen[`${name}.tower.${parameter}`] = value;
  }
  const model = modelOf(record, built.modalities);
  const idsIn = async (name: string): Promise<readonly string[]> =>
    new TextDecoder()
      .decode(await store.read(name))
      .split('\n')
      .filter((id) => id !== '');
  return {
    model,
    state: { step: state.step, tensors: { ...frozen, ...state.tensors } },
    record,
    trainingIds: await idsIn(alignmentFiles.rows),
    ...(names.includes(alignmentFiles.validation) ? { validationIds: await idsIn(alignmentFiles.validation) } : {}),
    config: await readRunRecord(store, alignmentFiles.config, 'bioscan-alignment', folder),
    finished: names.includes(alignmentFiles.model),
  };
}

/** The record of how a run's rows were dealt. @throws BioscanError as `openAlignRun` */
export function readRowsRecord(folder: string, store: Store): Promise<RowsRecord> {
  return readRunRecord(store, rowsFile, 'bioscan-alignment-rows', folder);
}

function wholeRecord(record: Partial<ModelRecord>, folder: string): ModelRecord {
  if (typeof record.modalities === 'object' && Array.isArray(record.objective)) return record as ModelRecord;
  throw new BioscanError(
    'bad-file',
    `cli: ${folder}/${modalitiesFile}, got a record without modalities or objective, expected both; copy the folder again`,
    { folder },
  );
}

async function readRunRecord<Value>(store: Store, name: string, wanted: string, folder: string): Promise<Value> {
  const value: unknown = await readJson(store, name, folder);
  const { format, version } = (value ?? {}) as { readonly format?: unknown; readonly version?: unknown };
  if (format === wanted && version === 1) return value as Value;
  throw new BioscanError(
    'bad-file',
    `cli: ${folder}/${name}, got format ${JSON.stringify(format ?? null)}, version ${JSON.stringify(version ?? null)}, expected ${wanted}, version 1; run bioscan align with this version, or export with the version that trained it`,
    { folder, name },
  );
}

async function readJson(store: Store, name: string, folder: string): Promise<unknown> {
  if (!(await store.list(name)).includes(name)) {
    throw new BioscanError('not-found', `cli: ${folder}, got no ${name}, expected the folder of bioscan align`, {
      folder,
    });
  }
  try {
    return JSON.parse(new TextDecoder().decode(await store.read(name)));
  } catch (cause) {
    throw new BioscanError(
      'bad-file',
      `cli: ${folder}/${name} is not JSON, expected what bioscan align wrote`,
      {},
      { cause },
    );
  }
}
