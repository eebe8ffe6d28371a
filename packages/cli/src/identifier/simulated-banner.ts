import { readFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { datasetFiles } from '@bioscan/sim';

/** The banner of the simulated data set that a file belongs to; undefined for other data. */
export async function simulatedBanner(file: string): Promise<string | undefined> {
  let folder = dirname(resolve(file));
  for (let level = 0; level < 6; level++) {
    const text = await readFile(join(folder, datasetFiles.settings), 'utf8').catch(() => undefined);
    if (text !== undefined) return bannerOf(text);
    folder = dirname(folder);
  }
  return undefined;
}

function bannerOf(text: string): string {
  try {
    const { banner } = JSON.parse(text) as { readonly banner?: unknown };
    if (typeof banner === 'string') return banner;
  } catch {
    // Damaged settings are still settings of a simulator.
  }
  return 'SIMULATED: generator unknown';
}
