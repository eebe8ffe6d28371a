import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exitCodes, runCli } from '@bioscan/cli';
import { identifierFiles } from '@bioscan/identify';
import { datasetFiles, worlds, writeDataset } from '@bioscan/sim';

export interface TrainedSizes {
  readonly specimens: number;
  readonly species: number;
  readonly steps: number;
}

/** What the bench trains: two minutes on two cores. */
export const trainedSizes: TrainedSizes = { specimens: 1500, species: 80, steps: 200 };

/**
 * A small ViT aligned with barcodes on a simulated collection and exported at both precisions, in `out`. What is there already stays: a
 * stopped run goes on where it was.
 */
export async function trainedIdentifier(out: string, sizes: TrainedSizes): Promise<string> {
  const folder = join(out, 'identifier');
  if (existsSync(join(folder, identifierFiles.manifest))) return folder;
  await mkdir(out, { recursive: true });
  const { specimens, species, steps } = sizes;
  const table = join(out, 'simulated', datasetFiles.metadata);
  if (!existsSync(table))
    await writeDataset(
      join(out, 'simulated'),
      { seed: 60, specimens, species, world: worlds.complete },
      { photos: 256 },
    );
  const config = {
    table: `simulated/${datasetFiles.metadata}`,
    photos: { folder: 'simulated/bioscan5m/images', layout: 'original_256' },
    modalities: {
      image: { tower: 'vit', size: 64, patch: 8, layers: 4, heads: 4, width: 96 },
      dna: { tower: 'kmers', k: 5 },
    },
    width: 64,
    budget: { steps, batchSize: 64, peakLearningRate: 1e-3 },
    validation: { label: 'order' },
  };
  const file = join(out, 'align.json');
  await writeFile(file, JSON.stringify(config, undefined, 2));
  await bioscan('align', file, '--out', join(out, 'run'));
  await bioscan('export', join(out, 'run'), folder);
  return folder;
}

async function bioscan(...words: string[]): Promise<void> {
  const code = await runCli(words, { stdout: process.stderr, stderr: process.stderr });
  if (code !== exitCodes.ok) throw new Error(`bioscan ${words.join(' ')} ended with code ${code}`);
}
