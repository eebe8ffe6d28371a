import { alignment, alignmentFiles, decodeAlignment, type Alignment } from '@bioscan/align';
import { BioscanError, type Store, type Tensor, type TrainingState } from '@bioscan/core';
import { builtModel, frozenWeights, isFrozen, trainedModel, type ModelRecord } from './align-model.js';

/** Name of the model's record in a run's folder. */
export const modalitiesFile = 'modalities.json';

/** A finished or stopped run: the whole model, frozen towers included, and its best parameters. */
export interface AlignRun {
  readonly model: Alignment;
  readonly state: TrainingState;
  readonly record: ModelRecord;
  /** Process ids that it was trained on. */
  readonly trainingIds: readonly string[];
  /** `config.json`: data hash, seeds, versions. */
  readonly config: unknown;
}

/**
 * Opens the folder of `bioscan align`, to export or to embed.
 * @throws BioscanError `not-found` for a folder without a run or without parameters yet; `mismatch` when its files do not belong together
 */
export async function openAlignRun(folder: string, store: Store): Promise<AlignRun> {
  const record = checkedRecord(await readJson<Partial<ModelRecord> | null>(store, modalitiesFile, folder), folder);
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
  const model = alignment({ modalities: built.modalities, objective: record.objective, width: record.width });
  const ids = new TextDecoder().decode(await store.read(alignmentFiles.rows));
  return {
    model,
    state: { step: state.step, tensors: { ...frozen, ...state.tensors } },
    record,
    trainingIds: ids.split('\n').filter((id) => id !== ''),
    config: await readJson(store, alignmentFiles.config, folder),
  };
}

function checkedRecord(record: Partial<ModelRecord> | null, folder: string): ModelRecord {
  const { format, version, modalities, objective } = record ?? {};
  const isWhole = typeof modalities === 'object' && Array.isArray(objective);
  if (format === 'bioscan-alignment-modalities' && version === 1 && isWhole) return record as ModelRecord;
  throw new BioscanError(
    'bad-file',
    `cli: ${folder}/${modalitiesFile}, got format ${JSON.stringify(format ?? 'none')}, version ${JSON.stringify(version ?? 'none')}, expected the modalities of a run (bioscan-alignment-modalities, version 1); copy the folder again`,
    { folder },
  );
}

async function readJson<Value>(store: Store, name: string, folder: string): Promise<Value> {
  if (!(await store.list(name)).includes(name)) {
    throw new BioscanError('not-found', `cli: ${folder}, got no ${name}, expected the folder of bioscan align`, {
      folder,
    });
  }
  try {
    return JSON.parse(new TextDecoder().decode(await store.read(name))) as Value;
  } catch (cause) {
    throw new BioscanError(
      'bad-file',
      `cli: ${folder}/${name} is not JSON, expected what bioscan align wrote`,
      {},
      { cause },
    );
  }
}
