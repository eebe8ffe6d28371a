import { sha256 } from '@bioscan/core';
import { fittedSuspicion } from '@bioscan/qc';
import { simulatorVersion } from '@bioscan/sim';
import { alignedSettings } from './triage-photos.js';
import type { TriageJob } from './triage-plan.js';

/** Where the scores of a world are kept: named after all that they depend on but the code of the checks. `steps`: where not the protocol's. */
export function triageFile({ choice, photos }: Pick<TriageJob, 'choice' | 'photos'>, steps?: number): string {
  const own = steps === undefined ? [] : [steps];
  const key = sha256(JSON.stringify([choice, photos && alignedSettings, simulatorVersion, fittedSuspicion, ...own]));
  return `worlds/${key.slice(0, 24)}.json`;
}
