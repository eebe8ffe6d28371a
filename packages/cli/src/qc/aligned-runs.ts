import { alignmentFiles, embedModality } from '@bioscan/align';
import { BioscanError, type Runtime } from '@bioscan/core';
import type { SpecimenRow } from '@bioscan/data';
import type { Library } from '@bioscan/qc';
import { nodeStore, openRuntime } from '@bioscan/runtime/node';
import { tableRows } from '../align/align-rows.js';
import { openAlignRun, readRowsRecord } from '../align/open-align-run.js';
import { recordedPlan } from '../align/rows-record.js';
import type { CommandContext } from '../command-context.js';
import { alignedNeighbours, type AlignedNeighbours, type AlignedSpace } from './aligned-neighbours.js';

/**
 * Photos and barcodes of a table in the spaces of some runs of `bioscan align`. With one run a fold, each record is judged by the run that
 * neither learnt from it nor was chosen by it. Photos are read where the runs found theirs.
 * @throws BioscanError `bad-input` for a run without photos or barcodes, or one that does not say what chose it; what opening a run throws
 */
export async function alignedRuns(
  library: Library,
  rows: readonly SpecimenRow[],
  folders: readonly string[],
  context: CommandContext,
): Promise<AlignedNeighbours> {
  const runtime = openRuntime();
  try {
    const spaces: AlignedSpace[] = [];
    for (const folder of folders) spaces.push(await alignedSpace(rows, folder, runtime, context));
    return await alignedNeighbours(library, spaces, runtime);
  } finally {
    await runtime.close();
  }
}

async function alignedSpace(
  rows: readonly SpecimenRow[],
  folder: string,
  runtime: Runtime,
  context: CommandContext,
): Promise<AlignedSpace> {
  const store = nodeStore(folder);
  const run = await openAlignRun(folder, store);
  const { modalities } = run.record;
  if (modalities.image === undefined || modalities.dna === undefined) {
    throw new BioscanError(
      'bad-input',
      `cli: ${folder}, got a run of ${Object.keys(modalities).join(', ')}, expected photos and barcodes in one space`,
      { folder },
    );
  }
  if (run.validationIds === undefined) {
    throw new BioscanError(
      'bad-input',
      `cli: ${folder}, got a run without ${alignmentFiles.validation}, expected the records that chose its parameters: they cannot be judged by it; align again with this version`,
      { folder },
    );
  }
  const plan = recordedPlan(await readRowsRecord(folder, store), folder, {});
  const data = await tableRows(rows, { ...plan, modalities }, context);
  const embedded = async (name: 'image' | 'dna'): Promise<AlignedSpace['photos']> => {
    const line = context.console.progress(`${folder}: ${name === 'image' ? 'photos' : 'barcodes'}`);
    return embedModality(run.model, run.state, name, data, runtime, {
      signal: context.signal,
      onProgress: (progress) => {
        line.update(progress);
      },
    }).finally(() => {
      line.end();
    });
  };
  const seen = new Set([...run.trainingIds, ...run.validationIds]);
  return { photos: await embedded('image'), barcodes: await embedded('dna'), seen };
}
