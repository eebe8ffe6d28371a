import type { ArmCost, ArmRun } from './arm-run.js';

/** A record of a run from its text; undefined for anything else, such as a file that was cut. */
export function decodeArmRun(text: string): ArmRun | undefined {
  const value = parsed(text);
  if (!isObject(value) || value['format'] !== 'bioscan-arm-run' || value['version'] !== 1) return undefined;
  const { job, cost, retrievals, diverged, versions } = value;
  const isWhole =
    isObject(job) &&
    isObject(cost) &&
    costs.every((name) => isCount(cost[name])) &&
    Array.isArray(retrievals) &&
    retrievals.every(isRetrieval) &&
    (diverged === undefined ? retrievals.length > 0 : isObject(diverged) && isCount(diverged['step'])) &&
    (versions === undefined || (isObject(versions) && Object.values(versions).every((one) => typeof one === 'string')));
  return isWhole ? (value as unknown as ArmRun) : undefined;
}

const costs: readonly (keyof ArmCost)[] = ['steps', 'imagePasses', 'gigaflop', 'labelled', 'bought'];

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRetrieval(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { query, key, seen, unseen, chance } = value;
  return (
    typeof query === 'string' &&
    typeof key === 'string' &&
    isTally(seen) &&
    isTally(unseen) &&
    isObject(chance) &&
    // Chance among no queries is no number, which JSON has as null.
    [chance['seen'], chance['unseen']].every((one) => one === null || isCount(one))
  );
}

function isTally(value: unknown): boolean {
  if (!isObject(value)) return false;
  const [species, right, queries] = [value['species'], value['right'], value['queries']];
  return (
    isList(species, (one) => typeof one === 'string') &&
    isList(right, isCount) &&
    isList(queries, isCount) &&
    species.length === right.length &&
    species.length === queries.length
  );
}

function isList(value: unknown, fits: (one: unknown) => boolean): value is readonly unknown[] {
  return Array.isArray(value) && value.every(fits);
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
